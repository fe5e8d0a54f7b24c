// What is said in each recorded session, frame by frame and in order. No I/O here: the recorder and the page
// that it opens in a browser both import this file.

/**
 * @typedef {'client' | 'server'} Role
 *
 * @typedef {{ type: 'text', data: string }
 *   | { type: 'binary' | 'ping' | 'pong', data: Uint8Array<ArrayBuffer> }
 *   | { type: 'close', code: number, reason: string }} Message
 *
 * One frame that a role sends. `automatic`: its software sends it unasked, in answer to a ping or a Close frame.
 * `completes`: the message whose last frame this is.
 * @typedef {{
 *   from: Role, type: 'text' | 'binary' | 'ping' | 'pong', fin: boolean, data: Uint8Array<ArrayBuffer>,
 *   automatic?: boolean, completes?: Message
 * } | {
 *   from: Role, type: 'close', code?: number, reason?: string, automatic?: boolean, completes: Message
 * }} Step
 *
 * @typedef {{
 *   client: 'chromium' | 'firefox' | 'node' | 'ws' | 'websockets', server: 'ws' | 'websockets',
 *   permessageDeflate?: boolean, description: string, steps: Step[]
 * }} Session
 */

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @param {...number} values */
const bytes = (...values) => new Uint8Array(values)
/** @param {string} text */
const utf8 = (text) => encoder.encode(text)
/** @param {number} byte @param {number} length */
const repeat = (byte, length) => new Uint8Array(length).fill(byte)
/** @param {string} text @param {number} length */
const padded = (text, length) => text.padEnd(length, '.')

/** @param {Uint8Array[]} parts */
const concat = (parts) => Uint8Array.from(parts.flatMap((part) => [...part]))

/** @param {'text' | 'binary'} type @param {Uint8Array<ArrayBuffer>} data @returns {Message} */
const dataMessage = (type, data) => (type === 'text' ? { type, data: decoder.decode(data) } : { type, data })

/** What a role can say; every call returns the steps that it takes, the automatic answers of the peer included. */
function speaker(/** @type {Role} */ from, /** @type {Role} */ peer) {
  /** @param {'ping' | 'pong'} type @param {Uint8Array<ArrayBuffer>} data @returns {Step} */
  const control = (type, data, sender = from, automatic = false) => ({
    from: sender,
    type,
    fin: true,
    data,
    automatic,
    completes: { type, data },
  })

  /** @param {'text' | 'binary'} type @param {(Uint8Array<ArrayBuffer> | Step[])[]} parts @returns {Step[]} */
  function fragments(type, ...parts) {
    const data = concat(parts.filter((part) => part instanceof Uint8Array))
    return parts.flatMap((part, i) => {
      if (Array.isArray(part)) return part
      if (i < parts.length - 1) return { from, type, fin: false, data: part }
      return { from, type, fin: true, data: part, completes: dataMessage(type, data) }
    })
  }

  return {
    /** @param {string} text */
    text: (text) => fragments('text', utf8(text)),
    /** @param {Uint8Array<ArrayBuffer>} data */
    binary: (data) => fragments('binary', data),
    /** A message in fragments; the steps of a ping may stand between them. */
    fragments,
    /** @param {string} text */
    ping: (text) => [control('ping', utf8(text)), control('pong', utf8(text), peer, true)],
    /** A pong that answers no ping (5.5.3). @param {string} text */
    pong: (text) => [control('pong', utf8(text))],
    /** Without a code the payload is empty. @param {number} [code] @returns {Step[]} */
    close(code, reason = '') {
      /** @type {Message} */
      const completes = { type: 'close', code: code ?? 1005, reason }
      const said = code === undefined ? {} : { code, reason }
      return [
        { from, type: 'close', ...said, completes },
        { from: peer, type: 'close', ...said, completes, automatic: true },
      ]
    },
  }
}

const client = speaker('client', 'server')
const server = speaker('server', 'client')

const empty = bytes()
const pngSignature = bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const astronaut = '👩\u200d🚀'
// The Thousand Character Classic: three bytes of UTF-8 a character.
const classic = '天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水'

/** @type {Record<string, Session>} */
export const sessions = {
  chromium: {
    client: 'chromium',
    server: 'ws',
    description: 'a short chat: Chinese text, emoji, binary, empty messages, 125 to 127 bytes, a ping, close 1000',
    steps: [
      client.text('Hello'),
      server.text('Hello! 你好！'),
      client.text('你好，世界'),
      server.text('世界也问候你 😀'),
      client.text(`😀 ${astronaut} 👍🏽 🇨🇳`),
      client.binary(pngSignature),
      server.binary(bytes(0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff)),
      server.ping('还在吗？'),
      server.text(''),
      server.binary(empty),
      client.text(''),
      client.binary(empty),
      client.text(padded('This payload has 125 bytes, the most that fits the 7-bit length', 125)),
      client.text(padded('This payload has 126 bytes, so the 7 bits say 126 and 16 bits follow', 126)),
      client.binary(repeat(0x7f, 127)),
      server.text(padded('And 125 bytes back', 125)),
      server.text(padded('And 126 bytes back', 126)),
      server.binary(repeat(0xf7, 127)),
      client.close(1000, '再见，谢谢！'),
    ].flat(),
  },
  'chromium-lengths': {
    client: 'chromium',
    server: 'ws',
    description: 'an exchange of binary messages of 0, 125, 126, 127, 65535 and 65536 bytes, one more of 131072',
    steps: [
      [0, 125, 126, 127, 65535, 65536].flatMap((length) => client.binary(repeat(0x61, length))),
      // Too long for Chromium to send in one frame: it comes in fragments, cut differently each time.
      client.binary(repeat(0x61, 131072)),
      [0, 125, 126, 127, 65535, 65536].flatMap((length) => server.binary(repeat(0x7a, length))),
      client.close(1000),
    ].flat(),
  },
  'chromium-deflate': {
    client: 'chromium',
    server: 'ws',
    permessageDeflate: true,
    description:
      'a session with permessage-deflate: text, binary, empty and repeated messages, a fragmented one ' +
      'with a ping inside, close 1001 from the server',
    steps: [
      client.text('你好，世界！今天天气怎么样？'),
      server.text('今天天气很好！'),
      // The same again: with context takeover it shrinks to a back-reference.
      client.text('你好，世界！今天天气怎么样？'),
      server.text('今天天气很好！'),
      server.ping('还在吗？'),
      server.fragments(
        'text',
        utf8('床前明月光，'),
        utf8('疑是地上霜。'),
        server.ping('下一句'),
        utf8('举头望明月，'),
        utf8('低头思故乡。'),
      ),
      client.binary(repeat(0x61, 1000)),
      server.binary(pngSignature),
      // Shrinks to a thousandth.
      client.binary(repeat(0x62, 131072)),
      client.text(''),
      server.text(''),
      server.binary(empty),
      client.text(`压缩 😀 ${astronaut}`),
      server.close(1001, '服务器即将重启'),
    ].flat(),
  },
  firefox: {
    client: 'firefox',
    server: 'ws',
    description: 'a short chat: Chinese text, emoji, binary, empty messages, 125 to 127 bytes, pings, close 3000',
    steps: [
      client.text('床前明月光，疑是地上霜。'),
      server.text('举头望明月，低头思故乡。'),
      client.text('🌕 🏮 👨\u200d👩\u200d👧'),
      server.ping(''),
      server.text('\ufeff🥮 (after a byte order mark, which is data)'),
      client.text(''),
      client.binary(empty),
      client.binary(bytes(0xca, 0xfe, 0x00, 0xff)),
      client.text(classic.slice(0, 41) + '..'),
      client.text(classic.slice(0, 42)),
      client.text(classic.slice(0, 42) + '.'),
      client.binary(repeat(0x00, 126)),
      server.text(''),
      server.binary(empty),
      server.text(classic.slice(0, 42)),
      server.binary(repeat(0xff, 127)),
      server.ping(padded('The longest payload of a control frame has 125 bytes', 125)),
      server.text('晚安'),
      client.close(3000, '晚安 🌙'),
    ].flat(),
  },
  node: {
    client: 'node',
    server: 'ws',
    description: 'a short exchange: text, binary, 126 bytes, a ping, a close without a code',
    steps: [
      client.text('Hello from Node 你好'),
      server.text('Hello, Node 🐢'),
      client.binary(bytes(0x00, 0xff, 0x10, 0x20)),
      server.ping('节点'),
      server.binary(bytes(0xde, 0xad, 0xbe, 0xef)),
      client.text(''),
      client.binary(repeat(0x2e, 126)),
      server.binary(repeat(0x2e, 126)),
      client.close(),
    ].flat(),
  },
  ws: {
    client: 'ws',
    server: 'ws',
    description:
      'a session: fragmented messages with pings inside, empty fragments, unsolicited pongs, 65535 and ' + '65536 bytes, close 1001',
    steps: [
      // Both cuts fall inside a character.
      client.fragments(
        'text',
        utf8('分片：你好').subarray(0, 10),
        client.ping('between the fragments'),
        concat([utf8('分片：你好').subarray(10), utf8('，世界 🌏').subarray(0, 12)]),
        utf8('，世界 🌏').subarray(12),
      ),
      server.fragments(
        'text',
        utf8('服务器'),
        utf8('也分片 '),
        server.ping('片与片之间'),
        utf8('🧩🧩').subarray(0, 3),
        server.ping(''),
        utf8('🧩🧩').subarray(3),
      ),
      client.fragments('binary', bytes(0x01, 0x02, 0x03), empty, client.ping(''), bytes(0x04, 0x05)),
      server.fragments('binary', empty, bytes(0xf0), server.ping('\u0000\u0001'), bytes(0xf1, 0xf2), empty),
      client.ping('ping'),
      client.pong('unsolicited'),
      server.pong(''),
      client.binary(repeat(0x5a, 65535)),
      client.binary(repeat(0x5a, 65536)),
      server.text('131071 bytes received'),
      client.close(1001, '离开页面'),
    ].flat(),
  },
  websockets: {
    client: 'websockets',
    server: 'websockets',
    description:
      'a session: fragmented messages with pings inside, each ended by an empty fragment; an ' +
      'unsolicited pong, binary, 127 bytes, close 4000',
    steps: [
      client.text('Hello, 蟒蛇 🐍'),
      server.text('你好'),
      // Given an iterator, websockets ends the message with an empty fragment of its own.
      client.fragments('text', utf8('人生苦短，'), client.ping('between the fragments'), utf8('我用'), utf8('Python'), empty),
      server.fragments('text', utf8('一二三，'), utf8('四五六，'), server.ping('片与片之间'), utf8('七八九。'), empty),
      client.ping('心跳'),
      client.binary(bytes(0x00, 0x80, 0xff)),
      server.fragments('binary', bytes(0x01), bytes(0x02, 0x03), empty),
      server.pong('unsolicited'),
      client.binary(repeat(0x70, 127)),
      server.text(padded('This payload has 127 bytes', 127)),
      client.text(''),
      client.close(4000, '应用自定义的关闭代码'),
    ].flat(),
  },
}
