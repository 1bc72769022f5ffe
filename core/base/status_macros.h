// Early return on error, for functions that return absl::Status or absl::StatusOr.
#ifndef CORE_BASE_STATUS_MACROS_H_
#define CORE_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns the status of `expr` from the enclosing function unless it is OK.
#define ET_RETURN_IF_ERROR(expr)             \
  do {                                       \
    absl::Status et_status_ = (expr);        \
    if (!et_status_.ok()) return et_status_; \
  } while (false)

#define ET_CONCAT_INNER_(a, b) a##b
#define ET_CONCAT_(a, b) ET_CONCAT_INNER_(a, b)

// ET_ASSIGN_OR_RETURN(auto x, F()): x takes the value of F(), or F()'s error is returned.
#define ET_ASSIGN_OR_RETURN(lhs, expr) \
  ET_ASSIGN_OR_RETURN_IMPL_(ET_CONCAT_(et_or_, __LINE__), lhs, expr)
#define ET_ASSIGN_OR_RETURN_IMPL_(or_var, lhs, expr)   \
  auto or_var = (expr);                                \
  if (!or_var.ok()) return std::move(or_var).status(); \
  lhs = *std::move(or_var)

#endif  // CORE_BASE_STATUS_MACROS_H_
