// The shim alone, as a C caller sees it; built with -DFERROS_ASAN=ON it looks for errors of memory.
#include "ferros_torch.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

static int checks = 0;

#define CHECK(condition)                                                                         \
  do {                                                                                           \
    checks++;                                                                                    \
    if (!(condition)) {                                                                          \
      std::fprintf(stderr, "%s:%d: %s\n  %s\n", __FILE__, __LINE__, #condition, ferros_torch_last_error()); \
      std::exit(1);                                                                              \
    }                                                                                            \
  } while (false)
#define OK(call) CHECK((call) == FERROS_OK)

static ferros_tensor make(const std::vector<float>& values, const std::vector<int64_t>& shape) {
  ferros_tensor tensor = nullptr;
  OK(ferros_torch_from_data(values.data(), static_cast<int64_t>(values.size() * sizeof(float)), shape.data(),
                            static_cast<int32_t>(shape.size()), FERROS_FLOAT32, &tensor));
  return tensor;
}

static std::vector<float> read(ferros_tensor tensor) {
  int64_t count = 0;
  OK(ferros_torch_numel(tensor, &count));
  std::vector<float> values(static_cast<size_t>(count));
  OK(ferros_torch_to_data(tensor, values.data(), count * static_cast<int64_t>(sizeof(float))));
  return values;
}

static void data_goes_in_and_out() {
  ferros_tensor tensor = make({1, 2, 3, 4, 5, 6}, {2, 3});
  ferros_tensor turned = nullptr;
  OK(ferros_torch_transpose(tensor, 0, 1, &turned));
  CHECK((read(turned) == std::vector<float>{1, 4, 2, 5, 3, 6}));
  int64_t sizes[2];
  OK(ferros_torch_sizes(turned, sizes, 2));
  CHECK(sizes[0] == 3 && sizes[1] == 2);
  CHECK(ferros_torch_sizes(turned, sizes, 1) == FERROS_ARGUMENT);
  float small[3];
  CHECK(ferros_torch_to_data(turned, small, sizeof small) == FERROS_ARGUMENT);
  CHECK(std::strstr(ferros_torch_last_error(), "24 bytes") != nullptr);
  OK(ferros_torch_free(turned));
  OK(ferros_torch_free(tensor));
}

static void failures_have_text_and_leave_nothing_behind() {
  const int64_t live = ferros_torch_live_tensors();
  ferros_tensor left = make({1, 2, 3}, {3});
  ferros_tensor right = make({1, 2}, {2});
  ferros_tensor result = nullptr;
  CHECK(ferros_torch_mul(left, right, &result) == FERROS_ERROR);
  CHECK(std::strstr(ferros_torch_last_error(), "size of tensor") != nullptr);
  CHECK(result == nullptr);
  CHECK(ferros_torch_mul(left, nullptr, &result) == FERROS_ARGUMENT);
  CHECK(ferros_torch_mul(left, left, nullptr) == FERROS_ARGUMENT);
  const int64_t huge[] = {1 << 30, 1 << 30};
  CHECK(ferros_torch_empty(huge, 2, FERROS_FLOAT32, 0, 0, &result) == FERROS_OUT_OF_MEMORY);
  CHECK(ferros_torch_empty(huge, 2, 99, 0, 0, &result) == FERROS_ARGUMENT);
  CHECK(ferros_torch_empty(nullptr, 2, FERROS_FLOAT32, 0, 0, &result) == FERROS_ARGUMENT);
  OK(ferros_torch_free(left));
  OK(ferros_torch_free(right));
  CHECK(ferros_torch_live_tensors() == live);
}

static void gradients_flow_and_are_released() {
  const int64_t live = ferros_torch_live_tensors();
  for (int step = 0; step < 200; step++) {
    ferros_tensor weight = make({0.5f, -1, 2, 3}, {1, 1, 2, 2});
    ferros_tensor input = make({1, 2, 3, 4}, {1, 1, 2, 2});
    OK(ferros_torch_set_requires_grad(weight, 1));
    ferros_tensor output = nullptr, loss = nullptr, gradient = nullptr;
    OK(ferros_torch_conv2d(input, weight, nullptr, 1, 1, 0, 0, 1, &output));
    CHECK(read(output)[0] == 0.5f - 2 + 6 + 12);
    OK(ferros_torch_sum(output, nullptr, 0, 0, &loss));
    OK(ferros_torch_backward(loss, nullptr, 0));
    OK(ferros_torch_get_grad(weight, &gradient));
    CHECK((read(gradient) == std::vector<float>{1, 2, 3, 4}));
    for (ferros_tensor tensor : {weight, input, output, loss, gradient}) OK(ferros_torch_free(tensor));
  }
  CHECK(ferros_torch_live_tensors() == live);
}

static void each_thread_has_its_own_error() {
  ferros_tensor result = nullptr;
  CHECK(ferros_torch_relu(nullptr, &result) == FERROS_ARGUMENT);
  std::thread other([] { CHECK(std::strlen(ferros_torch_last_error()) == 0); });
  other.join();
  CHECK(std::strlen(ferros_torch_last_error()) > 0);
}

int main() {
  data_goes_in_and_out();
  failures_have_text_and_leave_nothing_behind();
  gradients_flow_and_are_released();
  each_thread_has_its_own_error();
  std::printf("libtorch %s: %d checks passed\n", ferros_torch_version(), checks);
  return 0;
}
