// The floor: the least that a subscriber over rcl can do, in C, measured as Receiving.cs measures ours.
// floor TOPIC PICTURES reliable|best_effort: waits with rcl_wait, takes each serialized picture into one buffer, copies its
// pixels once.
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rcl/error_handling.h>
#include <rcl/rcl.h>
#include <sensor_msgs/msg/image.h>

#define WARM_UP 90

static void check(int result, const char * doing)
{
  if (result == RCL_RET_OK) return;
  fprintf(stderr, "%s: %d %s\n", doing, result, rcl_get_error_string().str);
  exit(1);
}

static int64_t nanoseconds(clockid_t clock)
{
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static uint32_t word(const uint8_t * at)
{
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static const uint8_t * aligned(const uint8_t * body, const uint8_t * at)
{
  return body + (size_t)(at - body + 3) / 4 * 4;
}

// Skips a CDR string: its length (with the final zero), its characters, padding to the next word.
static const uint8_t * after_string(const uint8_t * body, const uint8_t * at)
{
  return aligned(body, at + 4 + word(at));
}

int main(int count, char * arguments[])
{
  if (count != 4) return 2;
  const int pictures = atoi(arguments[2]);
  rcl_allocator_t allocator = rcl_get_default_allocator();
  rcl_init_options_t init = rcl_get_zero_initialized_init_options();
  check(rcl_init_options_init(&init, allocator), "options");
  rcl_context_t context = rcl_get_zero_initialized_context();
  check(rcl_init(0, NULL, &init, &context), "init");
  rcl_node_t node = rcl_get_zero_initialized_node();
  rcl_node_options_t node_options = rcl_node_get_default_options();
  check(rcl_node_init(&node, "benchmark_viewer", "", &context, &node_options), "node");
  rcl_subscription_t subscription = rcl_get_zero_initialized_subscription();
  rcl_subscription_options_t options = rcl_subscription_get_default_options();
  options.qos.depth = 5;
  if (strcmp(arguments[3], "best_effort") == 0) options.qos.reliability = RMW_QOS_POLICY_RELIABILITY_BEST_EFFORT;
  check(
    rcl_subscription_init(&subscription, &node, ROSIDL_GET_MSG_TYPE_SUPPORT(sensor_msgs, msg, Image), arguments[1], &options),
    "subscription");
  rcl_wait_set_t set = rcl_get_zero_initialized_wait_set();
  check(rcl_wait_set_init(&set, 1, 0, 0, 0, 0, 0, &context, allocator), "wait set");
  rcl_serialized_message_t message = rmw_get_zero_initialized_serialized_message();
  check(rmw_serialized_message_init(&message, 0, &allocator), "message");

  int64_t * latencies = calloc((size_t)pictures, sizeof *latencies);
  uint8_t * pixels = NULL;
  size_t held = 0;
  int64_t processor = 0;
  int first = -1, heard = 0;
  for (bool warm = false, over = false; !over;) {
    check(rcl_wait_set_clear(&set), "clear");
    check(rcl_wait_set_add_subscription(&set, &subscription, NULL), "add");
    check(rcl_wait(&set, -1), "wait");
    rmw_message_info_t info;
    while (!over && rcl_take_serialized_message(&subscription, &message, &info, NULL) == RCL_RET_OK) {
      // sensor_msgs/Image behind four bytes of encapsulation: stamp, frame, height, width, encoding, is_bigendian, step, data.
      const uint8_t * body = message.buffer + 4;
      const uint8_t * encoding = after_string(body, body + 8) + 8;
      const uint8_t * step = aligned(body, encoding + 4 + word(encoding) + 1);
      const size_t length = word(step + 4);
      if (held < length) pixels = realloc(pixels, held = length);
      memcpy(pixels, step + 8, length);
      const int64_t now = nanoseconds(CLOCK_REALTIME);
      const int number = atoi((const char *)body + 12);
      if (first < 0) first = number + WARM_UP;
      if (number < first) continue;
      over = number >= first + pictures;
      if (!over) latencies[heard++] = now - (word(body) * INT64_C(1000000000) + word(body + 4));
      if (!warm || over) processor = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - processor;
      warm = true;
    }
    rcl_reset_error();
  }

  printf("{\"latencies\":[");
  for (int i = 0; i < heard; i++) printf("%s%" PRId64, i == 0 ? "" : ",", latencies[i]);
  printf("],\"processor\":%.9f,\"allocated\":null}\n", (double)processor / 1e9);
  return 0;
}
