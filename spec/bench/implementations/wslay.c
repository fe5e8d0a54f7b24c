/*
 * The event layer of libwslay, as the native mark. Speaks the same commands as worker.mjs:
 *
 *   wslay FILE masked|unmasked CHUNK_LENGTH cpu|wall
 *
 * A text stays in bytes, since C has no other strings; libwslay checks that it is UTF-8.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wslay/wslay.h>

/* What has been received and not yet taken by the library. */
static const uint8_t *chunk;
static size_t chunk_left;

/* What came out. */
static uint64_t messages;
static uint64_t length;
static FILE *output;

static ssize_t receive(wslay_event_context_ptr context, uint8_t *buffer, size_t capacity, int flags, void *data) {
  (void)flags;
  (void)data;
  if (chunk_left == 0) {
    wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
    return -1;
  }
  size_t taken = capacity < chunk_left ? capacity : chunk_left;
  memcpy(buffer, chunk, taken);
  chunk += taken;
  chunk_left -= taken;
  return (ssize_t)taken;
}

static void drop(wslay_event_context_ptr context, const struct wslay_event_on_msg_recv_arg *message, void *data) {
  (void)context;
  (void)data;
  messages++;
  length += message->msg_length;
  if (output != NULL) {
    fprintf(output, "%zu:", message->msg_length);
    fwrite(message->msg, 1, message->msg_length, output);
  }
}

/* The library would ask for it if it had something to send. */
static ssize_t discard(wslay_event_context_ptr context, const uint8_t *bytes, size_t count, int flags, void *data) {
  (void)context;
  (void)bytes;
  (void)flags;
  (void)data;
  return (ssize_t)count;
}

static clockid_t clock_id;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(clock_id, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void fail(const char *what) {
  fprintf(stderr, "wslay: %s\n", what);
  exit(1);
}

/* Nothing has to be copied beforehand, since the library leaves its input as it is. */
static uint64_t run(const uint8_t *bytes, size_t total, size_t chunk_length, int is_masked) {
  const struct wslay_event_callbacks callbacks = {
      .recv_callback = receive, .send_callback = discard, .on_msg_recv_callback = drop};
  wslay_event_context_ptr context;
  int failure = is_masked ? wslay_event_context_server_init(&context, &callbacks, NULL)
                          : wslay_event_context_client_init(&context, &callbacks, NULL);
  if (failure != 0) fail("no context");
  uint64_t start = now();
  for (size_t i = 0; i < total; i += chunk_length) {
    chunk = bytes + i;
    chunk_left = total - i < chunk_length ? total - i : chunk_length;
    if (wslay_event_recv(context) != 0) fail("the stream is refused");
  }
  uint64_t elapsed = now() - start;
  if (wslay_event_want_write(context)) fail("the stream is answered");
  wslay_event_context_free(context);
  return elapsed;
}

int main(int argc, char **argv) {
  if (argc != 5) fail("usage: wslay FILE masked|unmasked CHUNK_LENGTH cpu|wall");
  FILE *input = fopen(argv[1], "rb");
  if (input == NULL || fseek(input, 0, SEEK_END) != 0) fail("no input");
  size_t total = (size_t)ftell(input);
  rewind(input);
  uint8_t *bytes = malloc(total);
  if (bytes == NULL || fread(bytes, 1, total, input) != total) fail("no input");
  int is_masked = strcmp(argv[2], "masked") == 0;
  size_t chunk_length = strtoull(argv[3], NULL, 10);
  if (chunk_length == 0) fail("chunks of no bytes");

  clock_id = strcmp(argv[4], "cpu") == 0 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;

  setvbuf(stdout, NULL, _IOLBF, 0);
  puts("{\"isReady\":true}");
  char line[4096];
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, "round ", 6) == 0) {
      uint64_t at_least = strtoull(line + 6, NULL, 10) * 1000000u;
      uint64_t elapsed = 0;
      uint64_t runs = 0;
      messages = length = 0;
      do {
        elapsed += run(bytes, total, chunk_length, is_masked);
        runs++;
      } while (elapsed < at_least);
      printf("{\"nanoseconds\":%llu,\"runs\":%llu,\"messages\":%llu,\"bytes\":%llu}\n", (unsigned long long)elapsed,
             (unsigned long long)runs, (unsigned long long)messages, (unsigned long long)length);
    } else if (strncmp(line, "check ", 6) == 0) {
      output = fopen(line + 6, "wb");
      if (output == NULL) fail("no output");
      run(bytes, total, chunk_length, is_masked);
      fclose(output);
      output = NULL;
      puts("{}");
    } else if (strcmp(line, "versions") == 0) {
      printf("{\"libwslay\":\"(its header says %s)\"}\n", WSLAY_VERSION);
    } else {
      fail("no such command");
    }
  }
  return 0;
}
