#include "shim.hpp"

using ferros::guard;
using ferros::mat;

int32_t ferros_cv_mat_new(ferros_cv_mat** result)
{
    return guard([&] { *result = ferros::handle(new cv::Mat()); });
}

int32_t ferros_cv_mat_new_sized(int32_t rows, int32_t cols, int32_t type, ferros_cv_mat** result)
{
    return guard([&] { *result = ferros::handle(new cv::Mat(rows, cols, type)); });
}

int32_t ferros_cv_mat_new_over(int32_t rows, int32_t cols, int32_t type, void* data, int64_t step, ferros_cv_mat** result)
{
    static_assert(cv::Mat::AUTO_STEP == 0, "step 0 is passed on as it is");
    return guard([&] { *result = ferros::handle(new cv::Mat(rows, cols, type, data, static_cast<size_t>(step))); });
}

int32_t ferros_cv_mat_region(const ferros_cv_mat* source, int32_t x, int32_t y, int32_t width, int32_t height, ferros_cv_mat** result)
{
    return guard([&] { *result = ferros::handle(new cv::Mat(mat(source), cv::Rect(x, y, width, height))); });
}

int32_t ferros_cv_mat_clone(const ferros_cv_mat* source, ferros_cv_mat** result)
{
    return guard([&] { *result = ferros::handle(new cv::Mat(mat(source).clone())); });
}

void ferros_cv_mat_delete(ferros_cv_mat* value) { delete reinterpret_cast<cv::Mat*>(value); }

void ferros_cv_mat_get_info(const ferros_cv_mat* value, ferros_cv_mat_info* info)
{
    const cv::Mat& m = mat(value);
    *info = {m.rows, m.cols, m.type(), m.isContinuous() ? 1 : 0, m.empty() ? 0 : static_cast<int64_t>(m.step[0]), m.data};
}

int32_t ferros_cv_mat_create(ferros_cv_mat* value, int32_t rows, int32_t cols, int32_t type)
{
    return guard([&] { mat(value).create(rows, cols, type); });
}

int32_t ferros_cv_mat_copy_to(const ferros_cv_mat* source, ferros_cv_mat* destination)
{
    return guard([&] { mat(source).copyTo(mat(destination)); });
}

int32_t ferros_cv_mat_convert_to(const ferros_cv_mat* source, ferros_cv_mat* destination, int32_t type, double alpha, double beta)
{
    return guard([&] { mat(source).convertTo(mat(destination), type, alpha, beta); });
}

int32_t ferros_cv_mat_set_to(ferros_cv_mat* value, const double* scalar)
{
    return guard([&] { mat(value).setTo(ferros::scalar(scalar)); });
}
