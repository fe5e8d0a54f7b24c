/* Has libwslay read the vectors, for oracle.mjs: wslay VECTORS. A line of VECTORS is an id, c or s for the sender, the limit of a message
   and hex, then the ends of the chunks, separated by spaces. For each, a line of JSON as peers.py has it. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>
#include <wslay/wslayver.h>
#include <zlib.h>

static const uint8_t *chunk;
static size_t chunk_left;
static unsigned long count, crc;
static int closed;

static ssize_t receive(wslay_event_context_ptr context, uint8_t *buffer, size_t room, int flags, void *data) {
  (void)flags, (void)data;
  if (chunk_left == 0) return wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK), -1;
  size_t taken = room < chunk_left ? room : chunk_left;
  memcpy(buffer, chunk, taken);
  chunk += taken, chunk_left -= taken;
  return (ssize_t)taken;
}

static ssize_t discard(wslay_event_context_ptr context, const uint8_t *bytes, size_t length, int flags, void *data) {
  (void)context, (void)bytes, (void)flags, (void)data;
  return (ssize_t)length;
}

static int mask(wslay_event_context_ptr context, uint8_t *key, size_t length, void *data) {
  (void)context, (void)data;
  memset(key, 0, length);
  return 0;
}

static void add(const uint8_t *bytes, size_t length) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < length; i++) {
    uint8_t pair[2] = {(uint8_t)digits[bytes[i] >> 4], (uint8_t)digits[bytes[i] & 15]};
    crc = crc32(crc, pair, 2);
  }
}

static void deliver(wslay_event_context_ptr context, const struct wslay_event_on_msg_recv_arg *message, void *data) {
  (void)context, (void)data;
  char kind[24];
  const uint8_t *bytes = message->msg;
  size_t length = message->msg_length;
  if (closed) return;
  switch (message->opcode) {
    case WSLAY_TEXT_FRAME: strcpy(kind, "text:"); break;
    case WSLAY_BINARY_FRAME: strcpy(kind, "binary:"); break;
    case WSLAY_PING: strcpy(kind, "ping:"); break;
    case WSLAY_PONG: strcpy(kind, "pong:"); break;
    default:
      sprintf(kind, "close:%d:", message->status_code ? message->status_code : 1005);
      if (length >= 2) bytes += 2, length -= 2;
      closed = 1;
  }
  count++;
  crc = crc32(crc, (const uint8_t *)kind, (uInt)strlen(kind));
  add(bytes, length);
  crc = crc32(crc, (const uint8_t *)" ", 1);
}

int main(int argc, char **argv) {
  FILE *file = fopen(argv[argc - 1], "r");
  char *line = NULL, id[200], sender;
  size_t room = 0;
  unsigned long long limit;
  if (!file) return 2;
  printf("{\"version\": \"%s\"}\n", WSLAY_VERSION);
  while (getline(&line, &room, file) > 0) {
    int position = 0, code = 0;
    sscanf(line, "%199s %c %llu %n", id, &sender, &limit, &position);
    char *hex = line + position, *ends = strchrnul(hex, ' ');
    size_t length = (size_t)(ends - hex) / 2, start = 0;
    uint8_t *bytes = malloc(length + 1);
    for (size_t i = 0; i < length; i++) {
      char pair[3] = {hex[2 * i], hex[2 * i + 1], 0};
      bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    struct wslay_event_callbacks callbacks = {receive, discard, mask, NULL, NULL, NULL, deliver};
    wslay_event_context_ptr context;
    if (sender == 'c') wslay_event_context_server_init(&context, &callbacks, NULL);
    else wslay_event_context_client_init(&context, &callbacks, NULL);
    wslay_event_config_set_max_recv_msg_length(context, limit);
    count = crc = 0, closed = 0;
    while (start < length && !code && !closed) {
      size_t end = *ends ? strtoul(ends, &ends, 10) : length;
      chunk = bytes + start, chunk_left = end - start;
      int result = wslay_event_recv(context);
      if (result) code = -result;
      else if (!closed && wslay_event_get_close_sent(context) == 0 && wslay_event_get_read_enabled(context) == 0) code = 1;
      start = end;
    }
    /* It queues a Close frame, whose code it keeps until it has gone out. */
    if (!closed && wslay_event_get_read_enabled(context) == 0) {
      wslay_event_send(context);
      code = wslay_event_get_status_code_sent(context);
    } else if (code) code = code == 1 ? 1006 : code;
    printf("{\"id\": \"%s\", \"count\": %lu, \"crc\": %lu, \"code\": %d, \"after\": %zu}\n", id, count, crc, code, start);
    wslay_event_context_free(context);
    free(bytes);
  }
  return 0;
}
