#include "shim.h"

using namespace ferros;

FERROS_API int ferros_torch_add_(ferros_tensor handle, ferros_tensor other, double alpha) {
  return guard([&] {
    if (alpha == 1.0) {
      tensor(handle).add_(tensor(other));
    } else {
      tensor(handle).add_(tensor(other), alpha);
    }
  });
}

FERROS_API int ferros_torch_mul_(ferros_tensor handle, ferros_tensor other) {
  return guard([&] { tensor(handle).mul_(tensor(other)); });
}

FERROS_API int ferros_torch_add_scalar_(ferros_tensor handle, double value) {
  return guard([&] { tensor(handle).add_(at::Scalar(value)); });
}

FERROS_API int ferros_torch_mul_scalar_(ferros_tensor handle, double value) {
  return guard([&] { tensor(handle).mul_(at::Scalar(value)); });
}

FERROS_API int ferros_torch_fill_(ferros_tensor handle, double value) {
  return guard([&] { tensor(handle).fill_(at::Scalar(value)); });
}

FERROS_API int ferros_torch_sqrt_(ferros_tensor handle) {
  return guard([&] { tensor(handle).sqrt_(); });
}

FERROS_API int ferros_torch_clamp_(ferros_tensor handle, double low, double high) {
  return guard([&] { tensor(handle).clamp_(at::Scalar(low), at::Scalar(high)); });
}

FERROS_API int ferros_torch_lerp_(ferros_tensor handle, ferros_tensor end, double weight) {
  return guard([&] { tensor(handle).lerp_(tensor(end), at::Scalar(weight)); });
}

FERROS_API int ferros_torch_addcmul_(ferros_tensor handle, ferros_tensor left, ferros_tensor right, double value) {
  return guard([&] { tensor(handle).addcmul_(tensor(left), tensor(right), at::Scalar(value)); });
}

FERROS_API int ferros_torch_addcdiv_(ferros_tensor handle, ferros_tensor numerator, ferros_tensor denominator, double value) {
  return guard([&] { tensor(handle).addcdiv_(tensor(numerator), tensor(denominator), at::Scalar(value)); });
}

FERROS_API int ferros_torch_maximum_(ferros_tensor handle, ferros_tensor other) {
  return guard([&] {
    auto& value = tensor(handle);
    at::maximum_out(value, value, tensor(other));
  });
}
