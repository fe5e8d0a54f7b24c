"""The functions of documents 001, 002 and 003 that make or read bytes, transcribed to be run.

They are facts about the documents, kept with their mistakes. Nothing here says what the right bytes are: that is for
encoder.py. Comments name the document and the place; prints, docstrings and sockets are left out.
"""

import struct


class Connection:
    """Stands in for the socket: keeps what a function sends."""

    def __init__(self):
        self.sent = b''

    def send(self, data):
        self.sent += data


# Document 001, section 六 (数据发送规则), send_msg. Python 3.
def send_msg_001(conn, msg_bytes):
    token = b"\x81"
    length = len(msg_bytes)
    if length < 126:
        token += struct.pack("B", length)
    elif length <= 0xFFFF:
        token += struct.pack("!BH", 126, length)
    else:
        token += struct.pack("!BQ", 127, length)
    msg = token + msg_bytes
    conn.send(msg)
    return True


# Document 001, section 五 (实现规则解码), get_data. Python 3.
def get_data_001(info):
    payload_len = info[1] & 127
    if payload_len == 126:
        extend_payload_len = info[2:4]
        mask = info[4:8]
        decoded = info[8:]
    elif payload_len == 127:
        extend_payload_len = info[2:10]
        mask = info[10:14]
        decoded = info[14:]
    else:
        extend_payload_len = None
        mask = info[2:6]
        decoded = info[6:]
    bytes_list = bytearray()
    for i in range(len(decoded)):
        chunk = decoded[i] ^ mask[i % 4]
        bytes_list.append(chunk)
    body = str(bytes_list, encoding='utf-8')
    return body


# Document 002, get_datalength. Python 2, ported by hand: ord() of a one-character string became an index.
def get_datalength_002(msg):
    g_code_length = msg[1] & 127
    if g_code_length == 126:
        g_code_length = struct.unpack('>H', msg[2:4])[0]
    elif g_code_length == 127:
        g_code_length = struct.unpack('>Q', msg[2:10])[0]
    return g_code_length


# Document 002, parse_data, with the decode('utf-8', 'ignore') that WebSocket.run applies to its result. Python 2,
# ported by hand: str became bytes, chr and ord went away.
def parse_data_002(msg):
    g_code_length = msg[1] & 127
    if g_code_length == 126:
        g_code_length = struct.unpack('>H', msg[2:4])[0]
        masks = msg[4:8]
        data = msg[8:]
    elif g_code_length == 127:
        g_code_length = struct.unpack('>Q', msg[2:10])[0]
        masks = msg[10:14]
        data = msg[14:]
    else:
        masks = msg[2:6]
        data = msg[6:]
    raw_str = b''
    for i, d in enumerate(data):
        raw_str += bytes([d ^ masks[i % 4]])
    return raw_str.decode('utf-8', 'ignore')


# Document 002, sendMessage, for one connection. Python 2, ported by hand: str became bytes. The arithmetic is kept:
# 2^64-1 is 2 XOR 63, which is 61, so that a message over 65535 bytes goes to the last branch, which prints 太长了 and
# sends the message behind 0x81 all the same. struct.pack('>h') refuses over 32767 in Python 2.7 as in Python 3.
def send_message_002(conn, message):
    message_utf_8 = message.encode('utf-8')
    back_str = [b'\x81']
    data_length = len(message_utf_8)
    if data_length <= 125:
        back_str.append(bytes([data_length]))
    elif data_length <= 65535:
        back_str.append(struct.pack('b', 126))
        back_str.append(struct.pack('>h', data_length))
    elif data_length <= (2 ^ 64 - 1):
        back_str.append(struct.pack('b', 127))
        back_str.append(struct.pack('>q', data_length))
    conn.send(b''.join(back_str) + message_utf_8)


# Document 003, send_msg as printed (three times): the backslash of "\x81" is lost. Python 3.
def send_msg_003(conn, msg_bytes):
    token = b"x81"
    length = len(msg_bytes)
    if length < 126:
        token += struct.pack("B", length)
    elif length <= 0xFFFF:
        token += struct.pack("!BH", 126, length)
    else:
        token += struct.pack("!BQ", 127, length)
    msg = token + msg_bytes
    conn.send(msg)
    return True


# Document 003, run(): the body of its loop, which unpacks what recv gave. It is get_data of document 001 line by line.
receive_003 = get_data_001


# Document 003, section 四 (解包规则): "与运算", AND, is what the words say where its code has XOR.
def masked_with_and_003(data, mask):
    return bytes(octet & mask[i % 4] for i, octet in enumerate(data))
