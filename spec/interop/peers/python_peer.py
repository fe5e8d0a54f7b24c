"""A client or an echo server with Python's websockets, which says what it saw as lines of JSON.

    python3 peers/python_peer.py client URL SCRIPT
    python3 peers/python_peer.py server SCRIPT
"""
import asyncio
import hashlib
import json
import sys
from contextlib import suppress
from urllib.request import urlopen

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory, ServerPerMessageDeflateFactory

MAX_SIZE = 64 * 2**20

# Seconds to wait for the next message: then it has been lost, and the report is of those that came.
PATIENCE = 30


def options_of(script, role):
    deflate = script.get('deflate')
    if deflate is None or deflate is False:
        factories = []
    elif role == 'client':
        # Else it asks the server for a window of 12 bits.
        factories = [ClientPerMessageDeflateFactory(client_max_window_bits=True)]
    else:
        factories = [ServerPerMessageDeflateFactory(**({} if deflate is True else deflate))]
    # No pings of its own: what it sends is what the script says.
    return {'compression': None, 'extensions': factories, 'max_size': MAX_SIZE, 'ping_interval': None}


def load(url):
    """The messages at that address."""
    with urlopen(f'{url}.json', timeout=20) as response:
        index = json.load(response)
    with urlopen(f'{url}.bin', timeout=20) as response:
        for entry in index:
            data = response.read(entry['length'])
            yield data.decode() if entry['type'] == 'text' else data


def entry_of(message):
    kind, data = ('text', message.encode()) if isinstance(message, str) else ('binary', message)
    return {'type': kind, 'length': len(data), 'sha256': hashlib.sha256(data).hexdigest()}


async def send(socket, message, fragment):
    if fragment is None or len(message) <= fragment:
        await socket.send(message)
    else:
        await socket.send(message[start : start + fragment] for start in range(0, len(message), fragment))


def extensions_of(socket):
    # The header of the answer, by its place before and since version 14.
    headers = socket.response.headers if hasattr(socket, 'response') else socket.response_headers
    return headers.get('Sec-WebSocket-Extensions', '')


async def client(url, script):
    messages = list(load(script['contents'])) if 'contents' in script else []
    close = script.get('close', {'code': 1000, 'reason': ''})
    received = []
    socket = await websockets.connect(url, **options_of(script, 'client'))

    async def send_all():
        for message in messages:
            await send(socket, message, script.get('fragment'))

    async def receive_all():
        with suppress(websockets.ConnectionClosed, asyncio.TimeoutError):
            while close is None or len(received) < len(messages):
                received.append(entry_of(await asyncio.wait_for(socket.recv(), PATIENCE)))

    for data in map(bytes.fromhex, script.get('pings', [])):
        await (await socket.ping(data))
    await asyncio.gather(send_all(), receive_all())
    if close is not None:
        await socket.close(close['code'], close['reason'])
    await socket.wait_closed()
    return {
        'extensions': extensions_of(socket),
        'received': received,
        'pongs': script.get('pings', []),
        'close': {'code': socket.close_code, 'reason': socket.close_reason},
    }


async def server(script):
    """Echoes; if the script has a close, pings and closes instead. Prints how each connection ended."""

    async def handler(socket):
        for data in map(bytes.fromhex, script.get('pings', [])):
            await (await socket.ping(data))
        if 'close' in script:
            await socket.close(script['close']['code'], script['close']['reason'])
        else:
            # It raises whenever the code is not 1000 or 1001; how the connection ended is printed below.
            with suppress(websockets.ConnectionClosed):
                async for message in socket:
                    await send(socket, message, script.get('fragment'))
        await socket.wait_closed()
        print(json.dumps({'code': socket.close_code, 'reason': socket.close_reason}), flush=True)

    async with websockets.serve(handler, '127.0.0.1', 0, **options_of(script, 'server')) as running:
        print(running.sockets[0].getsockname()[1], flush=True)
        # Until whoever has started it closes the input.
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if sys.argv[1] == 'client':
    print(json.dumps(asyncio.run(client(sys.argv[2], json.loads(sys.argv[3])))))
else:
    asyncio.run(server(json.loads(sys.argv[2])))
