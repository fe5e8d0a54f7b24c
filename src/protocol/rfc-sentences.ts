/**
 * The RFC's own sentence for each rule. A separate file, so that a transport's bundle does not include them.
 */
import type { RuleId } from './rules.js'

const CONTROL_FRAMES = 'All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented.'
const LIMITS =
  'Implementations that have implementation- and/or platform-specific limitations regarding the frame size or total message size ' +
  'after reassembly from multiple frames MUST protect themselves against exceeding those limits.'

/**
 * The RFC's own sentence for each rule, in its words and punctuation, so that you can search the RFC for it. `deflate-data` quotes RFC
 * 7692, the others RFC 6455. `rules` has the section of each.
 *
 * @example
 * ```js
 * rfcSentences['mask-forbidden'] // 'A server MUST NOT mask any frames that it sends to the client.'
 * ```
 */
export const rfcSentences: Readonly<Record<RuleId, string>> = {
  'rsv-bit': 'MUST be 0 unless an extension is negotiated that defines meanings for non-zero values.',
  'opcode-reserved': 'If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_.',
  'control-fragmented': CONTROL_FRAMES,
  'control-too-long': CONTROL_FRAMES,
  'mask-required': 'The server MUST close the connection upon receiving a frame that is not masked.',
  'mask-forbidden': 'A server MUST NOT mask any frames that it sends to the client.',
  'length-msb':
    'If 127, the following 8 bytes interpreted as a 64-bit unsigned integer (the most significant bit MUST be 0) are the payload length.',
  'length-not-minimal':
    'Note that in all cases, the minimal number of bytes MUST be used to encode the length, for example, the length of a ' +
    "124-byte-long string can't be encoded as the sequence 126, 0, 124.",
  'length-unsafe': LIMITS,
  'payload-too-long': LIMITS,
  'continuation-unexpected':
    'A fragmented message consists of a single frame with the FIN bit clear and an opcode other than 0, followed by zero or more ' +
    'frames with the FIN bit clear and the opcode set to 0, and terminated by a single frame with the FIN bit set and an opcode of 0.',
  'continuation-expected':
    'The fragments of one message MUST NOT be interleaved between the fragments of another message unless an extension has been ' +
    'negotiated that can interpret the interleaving.',
  'close-payload-length':
    'If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer (in network byte order) representing a ' +
    'status code with value /code/ defined in Section 7.4.',
  'close-code':
    'This specification defines a set of pre-defined status codes and specifies which ranges may be used by extensions, frameworks, ' +
    'and end applications.',
  'close-reason-utf8':
    'Following the 2-byte integer, the body MAY contain UTF-8-encoded data with value /reason/, the interpretation of which is not ' +
    'defined by this specification.',
  'deflate-data': 'Decompress the resulting data using DEFLATE.',
  'text-utf8':
    'When an endpoint is to interpret a byte stream as UTF-8 but finds that the byte stream is not, in fact, a valid UTF-8 stream, ' +
    'that endpoint MUST _Fail the WebSocket Connection_.',
  'message-too-long': LIMITS,
  'after-close': 'The application MUST NOT send any more data frames after sending a Close frame.',
  truncated:
    'If _The WebSocket Connection is Closed_ and no Close control frame was received by the endpoint (such as could occur if the ' +
    'underlying transport connection is lost), _The WebSocket Connection Close Code_ is considered to be 1006.',
}
