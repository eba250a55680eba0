#include <opencv2/imgproc.hpp>

#include "shim.hpp"

using ferros::guard;
using ferros::mat;
using ferros::scalar;

int32_t ferros_cv_cvt_color(const ferros_cv_mat* source, ferros_cv_mat* destination, int32_t code, int32_t channels)
{
    return guard([&] { cv::cvtColor(mat(source), mat(destination), code, channels); });
}

int32_t ferros_cv_resize(const ferros_cv_mat* source, ferros_cv_mat* destination, int32_t width, int32_t height, double fx, double fy,
                         int32_t interpolation)
{
    return guard([&] { cv::resize(mat(source), mat(destination), cv::Size(width, height), fx, fy, interpolation); });
}

int32_t ferros_cv_flip(const ferros_cv_mat* source, ferros_cv_mat* destination, int32_t mode)
{
    return guard([&] { cv::flip(mat(source), mat(destination), mode); });
}

int32_t ferros_cv_gaussian_blur(const ferros_cv_mat* source, ferros_cv_mat* destination, int32_t width, int32_t height, double sigma_x,
                                double sigma_y)
{
    return guard([&] { cv::GaussianBlur(mat(source), mat(destination), cv::Size(width, height), sigma_x, sigma_y); });
}

int32_t ferros_cv_warp_affine(const ferros_cv_mat* source, ferros_cv_mat* destination, const ferros_cv_mat* matrix, int32_t width,
                              int32_t height, int32_t flags, int32_t border, const double* value)
{
    return guard([&] { cv::warpAffine(mat(source), mat(destination), mat(matrix), cv::Size(width, height), flags, border, scalar(value)); });
}

int32_t ferros_cv_warp_perspective(const ferros_cv_mat* source, ferros_cv_mat* destination, const ferros_cv_mat* matrix, int32_t width,
                                   int32_t height, int32_t flags, int32_t border, const double* value)
{
    return guard(
        [&] { cv::warpPerspective(mat(source), mat(destination), mat(matrix), cv::Size(width, height), flags, border, scalar(value)); });
}

int32_t ferros_cv_get_rotation_matrix(float x, float y, double angle, double scale, ferros_cv_mat** result)
{
    return guard([&] { *result = ferros::handle(new cv::Mat(cv::getRotationMatrix2D(cv::Point2f(x, y), angle, scale))); });
}

int32_t ferros_cv_line(ferros_cv_mat* value, int32_t x1, int32_t y1, int32_t x2, int32_t y2, const double* colour, int32_t thickness,
                       int32_t type, int32_t shift)
{
    return guard([&] { cv::line(mat(value), cv::Point(x1, y1), cv::Point(x2, y2), scalar(colour), thickness, type, shift); });
}

int32_t ferros_cv_rectangle(ferros_cv_mat* value, int32_t x, int32_t y, int32_t width, int32_t height, const double* colour,
                            int32_t thickness, int32_t type, int32_t shift)
{
    return guard([&] { cv::rectangle(mat(value), cv::Rect(x, y, width, height), scalar(colour), thickness, type, shift); });
}

int32_t ferros_cv_circle(ferros_cv_mat* value, int32_t x, int32_t y, int32_t radius, const double* colour, int32_t thickness, int32_t type,
                         int32_t shift)
{
    return guard([&] { cv::circle(mat(value), cv::Point(x, y), radius, scalar(colour), thickness, type, shift); });
}

int32_t ferros_cv_put_text(ferros_cv_mat* value, const char* text, int32_t x, int32_t y, int32_t font, double scale, const double* colour,
                           int32_t thickness, int32_t type, int32_t bottom_left_origin)
{
    return guard([&] {
        cv::putText(mat(value), text, cv::Point(x, y), font, scale, scalar(colour), thickness, type, bottom_left_origin != 0);
    });
}

int32_t ferros_cv_get_text_size(const char* text, int32_t font, double scale, int32_t thickness, int32_t* width, int32_t* height,
                                int32_t* base_line)
{
    return guard([&] {
        int below = 0;
        const cv::Size size = cv::getTextSize(text, font, scale, thickness, &below);
        *width = size.width;
        *height = size.height;
        *base_line = below;
    });
}
