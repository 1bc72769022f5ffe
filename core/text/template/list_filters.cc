// The filters of lists.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/text/template/filters.h"
#include "core/text/template/methods.h"

namespace edgetasks::text::jinja {
namespace {

// Strings compare without regard to case, unless a filter is told otherwise.
Value Folded(const Value& value, bool case_sensitive) {
  return value.is_string() && !case_sensitive ? Value::String(Lower(value.string())) : value;
}

bool Given(const Call& call, size_t index, absl::string_view name) {
  const Value* value = call.Get(index, name);
  return value != nullptr && value->Truth();
}

// The value that an item is sorted or chosen by: itself, or its attribute.
absl::StatusOr<Value> KeyOf(Interpreter* in, const Value& item, const Value* attribute,
                            bool case_sensitive, const Position& position) {
  if (attribute == nullptr || attribute->is_none()) return Folded(item, case_sensitive);
  ET_ASSIGN_OR_RETURN(const Value key, in->AttributePath(position, item, *attribute));
  return Folded(key, case_sensitive);
}

absl::StatusOr<Value> Sort(Interpreter* in, const List& items, const Value* attribute, bool reverse,
                           bool case_sensitive, const Position& position) {
  std::vector<std::pair<Value, size_t>> keys;
  for (size_t i = 0; i < items.size(); ++i) {
    ET_ASSIGN_OR_RETURN(Value key, KeyOf(in, items[i], attribute, case_sensitive, position));
    keys.emplace_back(std::move(key), i);
  }
  bool comparable = true;
  // All like the first are like each other, and in an order that sorting may rely on.
  for (const auto& key : keys) (void)Less(keys[0].first, key.first, &comparable);
  if (!comparable) return ErrorAt(position, "values of unlike types cannot be sorted");
  std::stable_sort(keys.begin(), keys.end(), [&](const auto& a, const auto& b) {
    return reverse ? Less(b.first, a.first, &comparable) : Less(a.first, b.first, &comparable);
  });
  if (!comparable) return ErrorAt(position, "values of unlike types cannot be sorted");
  List sorted;
  for (const auto& [key, index] : keys) sorted.push_back(items[index]);
  return in->NewList(position, std::move(sorted));
}

absl::StatusOr<Value> Join(Interpreter* in, const List& items, const Call& call) {
  const Value *separator = call.Get(0, "d"), *attribute = call.Get(1, "attribute");
  const std::string between = separator == nullptr ? "" : Str(*separator);
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += between;
    if (attribute != nullptr) {
      ET_ASSIGN_OR_RETURN(const Value value,
                          in->AttributePath(call.position, items[i], *attribute));
      AppendStr(value, &out);
    } else {
      AppendStr(items[i], &out);
    }
    ET_RETURN_IF_ERROR(in->Charge(call.position, 1, static_cast<int64_t>(between.size())));
  }
  return in->NewString(call.position, std::move(out));
}

// map("upper"), map("replace", "a", "b"), map(attribute="name", default="")
absl::StatusOr<Value> Map(Interpreter* in, const List& items, const Call& call) {
  const Value *attribute = nullptr, *otherwise = nullptr;
  for (const auto& [name, value] : call.named) {
    if (name == "attribute") attribute = &value;
    if (name == "default") otherwise = &value;
  }
  if (attribute == nullptr && (call.values.empty() || !call.values[0].is_string())) {
    return ErrorAt(call.position, "map wants the name of a filter, or attribute=");
  }
  Call inner = call;
  if (!inner.values.empty()) inner.values.erase(inner.values.begin());
  List mapped;
  for (const Value& item : items) {
    Value value;
    if (attribute != nullptr) {
      ET_ASSIGN_OR_RETURN(value, in->AttributePath(call.position, item, *attribute));
      if (value.is_undefined() && otherwise != nullptr) value = *otherwise;
    } else {
      ET_ASSIGN_OR_RETURN(value, in->ApplyFilter(call.values[0].string(), item, inner));
    }
    mapped.push_back(std::move(value));
  }
  return in->NewList(call.position, std::move(mapped));
}

// select, reject, selectattr, rejectattr: by a test, or by truth.
absl::StatusOr<Value> Select(Interpreter* in, absl::string_view name, const List& items,
                             const Call& call) {
  const bool by_attribute = absl::EndsWith(name, "attr"), wanted = absl::StartsWith(name, "select");
  const size_t test_at = by_attribute ? 1 : 0;
  if (by_attribute && call.values.empty()) {
    return ErrorAt(call.position, absl::StrCat(name, " wants an attribute"));
  }
  Call inner = call;
  inner.values.erase(inner.values.begin(),
                     inner.values.begin() +
                         static_cast<std::ptrdiff_t>(std::min(test_at + 1, inner.values.size())));
  List chosen;
  for (const Value& item : items) {
    Value subject = item;
    if (by_attribute) {
      ET_ASSIGN_OR_RETURN(subject, in->AttributePath(call.position, item, call.values[0]));
    }
    bool holds = subject.Truth();
    if (call.values.size() > test_at) {
      ET_ASSIGN_OR_RETURN(holds, in->ApplyTest(Str(call.values[test_at]), subject, inner));
    }
    if (holds == wanted) chosen.push_back(item);
  }
  return in->NewList(call.position, std::move(chosen));
}

absl::StatusOr<Value> Unique(Interpreter* in, const List& items, const Call& call) {
  List keys, unique;
  for (const Value& item : items) {
    ET_ASSIGN_OR_RETURN(Value key, KeyOf(in, item, call.Get(1, "attribute"),
                                         Given(call, 0, "case_sensitive"), call.position));
    ET_RETURN_IF_ERROR(in->Charge(call.position, 1 + static_cast<int64_t>(keys.size() / 8), 0));
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    keys.push_back(std::move(key));
    unique.push_back(item);
  }
  return in->NewList(call.position, std::move(unique));
}

absl::StatusOr<Value> Extreme(Interpreter* in, bool greatest, const List& items, const Call& call) {
  if (items.empty()) return Value::Undefined("no aggregated item, the sequence was empty");
  ET_ASSIGN_OR_RETURN(const Value sorted, Sort(in, items, call.Get(1, "attribute"), greatest,
                                               Given(call, 0, "case_sensitive"), call.position));
  return sorted.list()[0];
}

absl::StatusOr<Value> Sum(Interpreter* in, const List& items, const Call& call) {
  const Value *attribute = call.Get(0, "attribute"), *start = call.Get(1, "start");
  Value sum = start == nullptr ? Value::Int(0) : *start;
  for (const Value& item : items) {
    Value value = item;
    if (attribute != nullptr && !attribute->is_none()) {
      ET_ASSIGN_OR_RETURN(value, in->AttributePath(call.position, item, *attribute));
    }
    ET_ASSIGN_OR_RETURN(sum, in->Arithmetic(call.position, "+", sum, value));
  }
  return sum;
}

absl::StatusOr<Value> Batch(Interpreter* in, const List& items, const Call& call) {
  const Value *size = call.Get(0, "linecount"), *fill = call.Get(1, "fill_with");
  if (size == nullptr || !size->is_integer() || size->integer() < 1) {
    return ErrorAt(call.position, "batch wants a size of 1 or more");
  }
  const auto most = static_cast<size_t>(std::min<int64_t>(size->integer(), 100000));
  List batches, batch;
  for (const Value& item : items) {
    if (batch.size() == most) {
      ET_ASSIGN_OR_RETURN(Value full, in->NewList(call.position, std::move(batch)));
      batches.push_back(std::move(full));
      batch.clear();
    }
    batch.push_back(item);
  }
  if (!batch.empty()) {
    while (fill != nullptr && batch.size() < most) batch.push_back(*fill);
    ET_ASSIGN_OR_RETURN(Value last, in->NewList(call.position, std::move(batch)));
    batches.push_back(std::move(last));
  }
  return in->NewList(call.position, std::move(batches));
}

absl::StatusOr<Value> DictSort(Interpreter* in, const Value& input, const Call& call) {
  if (!input.is_dict()) return ErrorAt(call.position, "dictsort wants a dict");
  ET_ASSIGN_OR_RETURN(const Value items, in->CallMethod(input, "items", {call.position, {}, {}}));
  const Value* by = call.Get(1, "by");
  const Value index = Value::Int(by != nullptr && Str(*by) == "value" ? 1 : 0);
  return Sort(in, items.list(), &index, Given(call, 2, "reverse"), Given(call, 0, "case_sensitive"),
              call.position);
}

absl::StatusOr<Value> Length(const Value& input, const Call& call) {
  if (input.is_string()) return Value::Int(CharacterCount(input.string()));
  if (input.is_sequence()) return Value::Int(static_cast<int64_t>(input.list().size()));
  if (input.is_dict()) return Value::Int(static_cast<int64_t>(input.dict().size()));
  if (input.is_undefined()) return Value::Int(0);
  return ErrorAt(call.position, absl::StrCat("a ", input.TypeName(), " has no length"));
}

}  // namespace

absl::StatusOr<Value> ListFilter(Interpreter* in, absl::string_view name, const Value& input,
                                 const Call& call, bool* known) {
  constexpr absl::string_view kNames[] = {
      "length", "count",      "items", "dictsort", "first",  "last",       "join",
      "list",   "map",        "max",   "min",      "reject", "rejectattr", "reverse",
      "select", "selectattr", "sort",  "sum",      "unique", "batch"};
  *known = std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
  if (!*known) return Value();
  if (name == "length" || name == "count") return Length(input, call);
  if (name == "dictsort") return DictSort(in, input, call);
  if (name == "items") {
    if (input.is_undefined()) return in->NewList(call.position, {});
    if (!input.is_dict()) return ErrorAt(call.position, "items wants a dict");
    return in->CallMethod(input, "items", {call.position, {}, {}});
  }
  ET_ASSIGN_OR_RETURN(List items, in->Iterate(call.position, input));
  if (name == "first" || name == "last") {
    if (items.empty())
      return Value::Undefined(absl::StrCat("no ", name, " item, the sequence was empty"));
    return name == "first" ? items.front() : items.back();
  }
  if (name == "join") return Join(in, items, call);
  if (name == "list") return in->NewList(call.position, std::move(items));
  if (name == "map") return Map(in, items, call);
  if (name == "max" || name == "min") return Extreme(in, name == "max", items, call);
  if (name == "reverse") {
    std::reverse(items.begin(), items.end());
    if (!input.is_string()) return in->NewList(call.position, std::move(items));
    return Join(in, items, {call.position, {}, {}});
  }
  if (name == "sort") {
    return Sort(in, items, call.Get(2, "attribute"), Given(call, 0, "reverse"),
                Given(call, 1, "case_sensitive"), call.position);
  }
  if (name == "sum") return Sum(in, items, call);
  if (name == "unique") return Unique(in, items, call);
  if (name == "batch") return Batch(in, items, call);
  return Select(in, name, items, call);
}

}  // namespace edgetasks::text::jinja
