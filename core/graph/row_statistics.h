// The parts that normalizations of rows have in common: means over the last axis, and the inverse
// root of one.
#ifndef CORE_GRAPH_ROW_STATISTICS_H_
#define CORE_GRAPH_ROW_STATISTICS_H_

#include "core/graph/links.h"

namespace edgetasks::graph {

// `tensor`, or what it was before RESHAPEs of fixed shapes, whoever else uses these.
int WithoutReshapes(const Links& links, int tensor);

// If `tensor`, RESHAPEs aside, is the mean of another over the last axis (and over axes of size 1):
// that other, of fixed shape. Otherwise -1.
int MeanOfRows(const Links& links, int tensor);

// If `tensor`, RESHAPEs aside, is x * x: x. Otherwise -1.
int RootOfSquare(const Links& links, int tensor);

// If `tensor`, RESHAPEs aside, is 1 / sqrt(variance + *epsilon): `variance`. Otherwise -1.
int UnderInverseRoot(const Links& links, int tensor, float* epsilon);

// Whether `tensor` has the shape of `x` with 1 for its last dimension.
bool IsOneForEachRow(const Links& links, int tensor, int x);

// Whether `tensor` has an element for each of a row of `x`, and a fixed shape.
bool IsRowOf(const Links& links, int tensor, int x);

}  // namespace edgetasks::graph

#endif  // CORE_GRAPH_ROW_STATISTICS_H_
