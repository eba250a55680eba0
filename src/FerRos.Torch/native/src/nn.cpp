#include "shim.h"

#include <array>

using namespace ferros;

namespace {
std::array<int64_t, 2> pair(int64_t y, int64_t x) { return {y, x}; }
}  // namespace

FERROS_API int ferros_torch_conv2d(ferros_tensor input, ferros_tensor weight, ferros_tensor bias, int64_t stride_y, int64_t stride_x, int64_t padding_y, int64_t padding_x, int64_t groups, ferros_tensor* result) {
  return guard([&] {
    const auto stride = pair(stride_y, stride_x);
    const auto padding = pair(padding_y, padding_x);
    const auto dilation = pair(1, 1);
    give(at::conv2d(tensor(input), tensor(weight), optional(bias), at::IntArrayRef(stride), at::IntArrayRef(padding),
                    at::IntArrayRef(dilation), groups),
         result);
  });
}

FERROS_API int ferros_torch_linear(ferros_tensor input, ferros_tensor weight, ferros_tensor bias, ferros_tensor* result) {
  return guard([&] { give(at::linear(tensor(input), tensor(weight), optional(bias)), result); });
}

FERROS_API int ferros_torch_batch_norm(ferros_tensor input, ferros_tensor gamma, ferros_tensor beta, ferros_tensor mean, ferros_tensor variance, int32_t training, double momentum, double epsilon, ferros_tensor* result) {
  return guard([&] {
    give(at::batch_norm(tensor(input), optional(gamma), optional(beta), optional(mean), optional(variance), training != 0,
                        momentum, epsilon, at::globalContext().userEnabledCuDNN()),
         result);
  });
}

FERROS_API int ferros_torch_max_pool2d(ferros_tensor input, int64_t kernel_y, int64_t kernel_x, int64_t stride_y, int64_t stride_x, int64_t padding_y, int64_t padding_x, ferros_tensor* result) {
  return guard([&] {
    const auto kernel = pair(kernel_y, kernel_x);
    const auto stride = pair(stride_y, stride_x);
    const auto padding = pair(padding_y, padding_x);
    give(at::max_pool2d(tensor(input), kernel, stride, padding), result);
  });
}

FERROS_API int ferros_torch_avg_pool2d(ferros_tensor input, int64_t kernel_y, int64_t kernel_x, int64_t stride_y, int64_t stride_x, int64_t padding_y, int64_t padding_x, int32_t count_padding, ferros_tensor* result) {
  return guard([&] {
    const auto kernel = pair(kernel_y, kernel_x);
    const auto stride = pair(stride_y, stride_x);
    const auto padding = pair(padding_y, padding_x);
    give(at::avg_pool2d(tensor(input), kernel, stride, padding, false, count_padding != 0), result);
  });
}

FERROS_API int ferros_torch_pad(ferros_tensor input, const int64_t* amounts, int32_t count, double value, ferros_tensor* result) {
  return guard([&] { give(at::constant_pad_nd(tensor(input), list(amounts, count), at::Scalar(value)), result); });
}

FERROS_API int ferros_torch_upsample_bilinear2d(ferros_tensor input, int64_t height, int64_t width, int32_t align_corners, ferros_tensor* result) {
  return guard([&] {
    const auto size = pair(height, width);
    give(at::upsample_bilinear2d(tensor(input), at::IntArrayRef(size), align_corners != 0, maybe<double>(), maybe<double>()), result);
  });
}

FERROS_API int ferros_torch_softmax(ferros_tensor input, int64_t dim, ferros_tensor* result) {
  return guard([&] { give(at::softmax(tensor(input), dim), result); });
}

FERROS_API int ferros_torch_log_softmax(ferros_tensor input, int64_t dim, ferros_tensor* result) {
  return guard([&] { give(at::log_softmax(tensor(input), dim), result); });
}

FERROS_API int ferros_torch_dropout(ferros_tensor input, double probability, int32_t training, ferros_tensor* result) {
  return guard([&] { give(at::dropout(tensor(input), probability, training != 0), result); });
}
