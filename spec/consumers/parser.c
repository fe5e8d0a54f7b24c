/* A parser of frames and messages, to test consume.c with. BUG in the environment plants a bug, WITHOUT removes one
   of the supported names. Needs zlib. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "parser.h"

static const char *const SUPPORTS[] = {
    "prompt", "frames", "unknown-sender", "messages", "payload-limit", "message-limit", "limit-0", "64-bit-lengths",
    "many-fragments", "extensions", "permessage-deflate", "context-takeover", "window-15", "bfinal",
};

enum { RSV3 = 1, RSV2 = 2, RSV1 = 4 };
static const uint64_t MAX_SAFE = 9007199254740991;
enum { WINDOW = 32768 };

struct bytes { uint8_t *data; size_t length, room; };

struct utf8 { int missing; uint8_t low, high; };

struct parser {
  struct settings settings;
  int rsv, deflate; /* RSV bits that extensions define; whether permessage-deflate is negotiated */
  unsigned opcodes; /* bit n: opcode n is defined */
  uint8_t head[14];
  size_t head_length;
  int has_length, closed;
  uint64_t length;
  struct bytes payload, message, inflated;
  int opcode, compressed; /* of the message that is open; opcode 0: none is */
  struct utf8 utf8;
  uint8_t window[WINDOW];
  size_t window_length;
};

static int bug(const char *name) {
  const char *planted = getenv("BUG");
  return planted && !strcmp(planted, name);
}

int parser_supports(const char *name) {
  const char *without = getenv("WITHOUT");
  for (size_t i = 0; i < sizeof SUPPORTS / sizeof *SUPPORTS; i++)
    if (!strcmp(SUPPORTS[i], name)) return !without || strcmp(without, name);
  return 0;
}

static void append(struct bytes *bytes, const uint8_t *data, size_t count) {
  if (bytes->length + count > bytes->room) bytes->data = realloc(bytes->data, bytes->room = (bytes->length + count) * 2);
  if (count) memcpy(bytes->data + bytes->length, data, count);
  bytes->length += count;
}

/* Whether these bytes can go on what came before. */
static int check(struct utf8 *state, const uint8_t *data, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint8_t octet = data[i];
    if (state->missing) {
      if (octet < state->low || octet > state->high) return 0;
      state->missing--;
      state->low = 0x80, state->high = 0xbf;
      continue;
    }
    if (octet < 0x80) continue;
    if (octet < 0xc2 || octet > 0xf4 || (octet == 0xe0 && bug("early"))) return 0;
    state->missing = octet < 0xe0 ? 1 : octet < 0xf0 ? 2 : 3;
    state->low = octet == 0xe0 ? 0xa0 : octet == 0xf0 ? 0x90 : 0x80;
    state->high = octet == 0xed ? 0x9f : octet == 0xf4 ? 0x8f : 0xbf;
  }
  return 1;
}

static int is_utf8(const uint8_t *data, size_t count) {
  struct utf8 state = {0, 0, 0};
  return check(&state, data, count) && !state.missing;
}

struct parser *parser_new(const struct settings *settings) {
  struct parser *parser = calloc(1, sizeof *parser);
  parser->settings = *settings;
  parser->deflate = strstr(settings->extensions, "permessage-deflate") != NULL;
  parser->opcodes = 0x707;
  if (strstr(settings->extensions, "rsv1")) parser->rsv |= RSV1;
  if (strstr(settings->extensions, "rsv2")) parser->rsv |= RSV2;
  if (strstr(settings->extensions, "rsv3")) parser->rsv |= RSV3;
  for (const char *at = settings->extensions; (at = strstr(at, "opcode-")); at++) parser->opcodes |= 1u << strtoul(at + 7, NULL, 16);
  return parser;
}

void parser_free(struct parser *parser) {
  free(parser->payload.data);
  free(parser->message.data);
  free(parser->inflated.data);
  free(parser);
}

int parser_inside_frame(const struct parser *parser) { return parser->head_length > 0; }

static int is_compressed(const struct parser *parser) {
  if (!(parser->head[0] & 15)) return parser->compressed;
  return parser->deflate && parser->head[0] & 64;
}

static int header(struct parser *parser) {
  const struct settings *settings = &parser->settings;
  const uint8_t *head = parser->head;
  size_t size = parser->head_length;
  int opcode = head[0] & 15, control = opcode > 7;
  if (size == 1) {
    int starts = opcode == 1 || opcode == 2 || (control && bug("rsv1-on-control"));
    int allowed = parser->rsv | (parser->deflate && starts ? RSV1 : 0);
    if (head[0] >> 4 & 7 & ~allowed) return 1002;
    if (!(parser->opcodes >> opcode & 1)) return bug("late") ? 0 : 1002;
    if (control ? head[0] < 128 : (opcode == 0) != (parser->opcode != 0)) return 1002;
    return 0;
  }
  int masked = head[1] > 127;
  uint64_t length = head[1] & 127;
  if (size == 2) {
    if (!(parser->opcodes >> opcode & 1)) return 1002;
    if (control && length > 125) return 1002;
    if (!strcmp(settings->sender, masked ? "server" : "client")) return 1002;
    if (opcode == 8 && length == 1) return 1002;
  }
  size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (extra == 8 && size > 2 && head[2] > 127) return 1002;
  if (extra == 8 && size >= 8 && !memcmp(head + 2, "\0\0\0\0\0\0", 6) && !bug("not-minimal")) return 1002;
  if (size < 2 + extra) return 0;
  if (extra) {
    length = 0;
    for (size_t i = 0; i < extra; i++) length = length << 8 | head[2 + i];
    if (extra == 2 && length < 126 && !bug("not-minimal")) return 1002;
    if (extra == 2 && length > 32767 && bug("signed-16-bit")) length = 0;
  }
  if (size == 2 + extra && !control) {
    uint64_t slack = bug("limit-off-by-one") ? 1 : 0, before = opcode ? 0 : parser->message.length;
    if (length > MAX_SAFE) return 1009;
    if (length > settings->max_payload && length - settings->max_payload > slack) return 1009;
    if (before + length > settings->max_message && before + length - settings->max_message > slack) return 1009;
  }
  if (size < 2 + extra + (masked ? 4 : 0)) return 0;
  parser->has_length = 1;
  parser->length = length;
  if (opcode == 1) memset(&parser->utf8, 0, sizeof parser->utf8);
  return 0;
}

static int is_close_code(int code) {
  if (bug("close-codes")) return code >= 1000;
  if (code == 1004 || code == 1005 || code == 1006) return 0;
  return (code >= 1000 && code <= (bug("other-verdicts") ? 1011 : 1014)) || (code >= 3000 && code <= 4999);
}

static int take(struct parser *parser, const uint8_t *piece, size_t count) {
  size_t start = parser->payload.length;
  const uint8_t *key = parser->head + parser->head_length - 4;
  size_t phase = bug("mask-phase") || (bug("mask-phase-of-words") && count > 1) ? 0 : start;
  append(&parser->payload, piece, count);
  if (parser->head[1] > 127)
    for (size_t i = 0; i < count; i++) parser->payload.data[start + i] ^= key[(phase + i) % 4];
  int opcode = parser->head[0] & 15;
  const struct bytes *payload = &parser->payload;
  if (opcode == 8 && payload->length > 1 && bug("other-verdicts") && !is_close_code(payload->data[0] << 8 | payload->data[1]))
    return 1002;
  if (opcode > 7 || (opcode ? opcode : parser->opcode) != 1 || is_compressed(parser)) return 0;
  return check(&parser->utf8, parser->payload.data + start, count) ? 0 : 1007;
}

static void slide(struct parser *parser, const uint8_t *data, size_t count) {
  if (count > WINDOW) data += count - WINDOW, count = WINDOW;
  size_t keep = parser->window_length + count > WINDOW ? WINDOW - count : parser->window_length;
  memmove(parser->window, parser->window + parser->window_length - keep, keep);
  if (count) memcpy(parser->window + keep, data, count);
  parser->window_length = keep + count;
}

/* The tail, and an empty block with BFINAL set that shows whether the data ended with a block. */
static int inflate_message(struct parser *parser) {
  struct bytes *in = &parser->message, *out = &parser->inflated;
  int code = 0;
  append(in, (const uint8_t *)"\x00\x00\xff\xff\x01\x00\x00\xff\xff", 9);
  out->length = 0;
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  stream.next_in = in->data;
  stream.avail_in = (uInt)in->length;
  while (!code && stream.avail_in) {
    inflateInit2(&stream, -15);
    if (parser->window_length) inflateSetDictionary(&stream, parser->window, (uInt)parser->window_length);
    size_t from = out->length;
    int result = Z_OK;
    while (!code && result == Z_OK) {
      uint8_t room[65536];
      stream.next_out = room;
      stream.avail_out = sizeof room;
      result = inflate(&stream, Z_NO_FLUSH);
      append(out, room, sizeof room - stream.avail_out);
      if (out->length > parser->settings.max_message) code = 1009;
    }
    if (!code && result != Z_STREAM_END) code = 1007;
    inflateEnd(&stream);
    slide(parser, out->data + from, out->length - from);
  }
  return code;
}

static int data_frame(struct parser *parser, int opcode, int fin) {
  if (opcode) parser->compressed = is_compressed(parser), parser->opcode = opcode;
  append(&parser->message, parser->payload.data, parser->payload.length);
  int is_text = parser->opcode == 1;
  if (is_text && !parser->compressed && (fin || bug("utf8-by-fragment")) && parser->utf8.missing) return 1007;
  if (!fin) return 0;
  struct bytes *data = &parser->message;
  if (parser->compressed) {
    int code = inflate_message(parser);
    if (code) return code;
    data = &parser->inflated;
    if (is_text && !is_utf8(data->data, data->length)) return 1007;
  }
  if (parser->opcode < 3) on_message(is_text ? "text" : "binary", 0, data->data, data->length);
  parser->opcode = parser->compressed = 0;
  parser->message.length = 0;
  return 0;
}

static int close_frame(struct parser *parser) {
  const struct bytes *payload = &parser->payload;
  int code = payload->length ? payload->data[0] << 8 | payload->data[1] : 1005;
  if (payload->length && !is_close_code(code)) return 1002;
  size_t reason = payload->length ? payload->length - 2 : 0;
  if (reason && !is_utf8(payload->data + 2, reason)) return 1007;
  on_message("close", code, reason ? payload->data + 2 : NULL, reason);
  parser->closed = 1;
  return 0;
}

static int frame(struct parser *parser) {
  int opcode = parser->head[0] & 15, fin = parser->head[0] > 127, code = 0;
  const struct bytes *payload = &parser->payload;
  if (opcode == 9 && !payload->length && bug("crash")) abort();
  if (opcode == 8) code = close_frame(parser);
  else if (opcode == 9 || opcode == 10)
    on_message(opcode == 9 || bug("pong-as-ping") ? "ping" : "pong", 0, payload->data, payload->length);
  else if (opcode < 8) code = data_frame(parser, opcode, fin);
  if (code) return code;
  if (opcode == 9 && bug("ping-ends-compression")) parser->compressed = 0;
  const uint8_t *key = parser->head[1] > 127 ? parser->head + parser->head_length - 4 : NULL;
  on_frame(fin, bug("frames-without-rsv") ? 0 : parser->head[0] >> 4 & 7, opcode, key, payload->data, payload->length);
  parser->head_length = parser->payload.length = 0;
  parser->has_length = 0;
  return 0;
}

int parser_feed(struct parser *parser, const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count && !parser->closed;) {
    int code;
    if (parser->has_length) {
      size_t piece = count - i;
      if (piece > parser->length - parser->payload.length) piece = (size_t)(parser->length - parser->payload.length);
      code = take(parser, bytes + i, piece);
      i += piece;
    } else {
      parser->head[parser->head_length++] = bytes[i++];
      code = header(parser);
    }
    if (!code && parser->has_length && parser->payload.length == parser->length) code = frame(parser);
    if (code) return code;
  }
  return 0;
}
