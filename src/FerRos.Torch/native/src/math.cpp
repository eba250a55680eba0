#include "shim.h"

using namespace ferros;

#define FERROS_DEFINE_UNARY(name)                                                    \
  FERROS_API int ferros_torch_##name(ferros_tensor handle, ferros_tensor* result) {  \
    return guard([&] { give(at::name(tensor(handle)), result); });                   \
  }
#define FERROS_DEFINE_BINARY(name)                                                                        \
  FERROS_API int ferros_torch_##name(ferros_tensor left, ferros_tensor right, ferros_tensor* result) {    \
    return guard([&] { give(at::name(tensor(left), tensor(right)), result); });                           \
  }
#define FERROS_DEFINE_SCALAR(name)                                                                        \
  FERROS_API int ferros_torch_##name##_scalar(ferros_tensor handle, double value, ferros_tensor* result) { \
    return guard([&] { give(at::name(tensor(handle), at::Scalar(value)), result); });                     \
  }

FERROS_UNARY_OPS(FERROS_DEFINE_UNARY)
FERROS_BINARY_OPS(FERROS_DEFINE_BINARY)
FERROS_SCALAR_OPS(FERROS_DEFINE_SCALAR)

FERROS_API int ferros_torch_add(ferros_tensor left, ferros_tensor right, double alpha, ferros_tensor* result) {
  return guard([&] {
    // Whole-number tensors refuse a fractional factor even when it is 1.
    give(alpha == 1.0 ? at::add(tensor(left), tensor(right)) : at::add(tensor(left), tensor(right), alpha), result);
  });
}

FERROS_API int ferros_torch_clamp(ferros_tensor handle, double low, double high, ferros_tensor* result) {
  return guard([&] { give(at::clamp(tensor(handle), at::Scalar(low), at::Scalar(high)), result); });
}

FERROS_API int ferros_torch_where(ferros_tensor condition, ferros_tensor yes, ferros_tensor no, ferros_tensor* result) {
  return guard([&] { give(at::where(tensor(condition), tensor(yes), tensor(no)), result); });
}
