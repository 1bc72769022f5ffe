#include "core/exec/profiler.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace edgetasks::exec {
namespace {

// Inputs of a row that are written out: weights and activations are among the first.
constexpr size_t kNamedInputs = 3;

std::string TypeAndShape(const ir::Operand& operand) {
  const ir::Quantization& q = operand.quantization();
  return absl::StrCat(ir::NameOf(operand.dtype()), operand.shape.ToString(),
                      q.blockwise() ? absl::StrCat("/", q.block_size) : "");
}

std::string ShapesOf(const ir::Node& node) {
  std::string text;
  for (size_t i = 0; i < std::min(kNamedInputs, node.inputs.size()); ++i) {
    if (node.inputs[i] == nullptr) continue;
    absl::StrAppend(&text, text.empty() ? "" : " x ", TypeAndShape(*node.inputs[i]));
  }
  if (!node.outputs.empty()) absl::StrAppend(&text, " -> ", TypeAndShape(*node.outputs[0]));
  return text;
}

void Add(const ProfileRow& from, ProfileRow* to) {
  to->op = from.op;
  to->fused = from.fused;
  to->calls += from.calls;
  to->total_ms += from.total_ms;
  to->cost.bytes_read += from.cost.bytes_read;
  to->cost.bytes_written += from.cost.bytes_written;
  to->cost.macs += from.cost.macs;
  to->cost.arithmetic = std::max(to->cost.arithmetic, from.cost.arithmetic);
}

template <typename Key>
std::vector<ProfileRow> LongestFirst(std::map<Key, ProfileRow> rows) {
  std::vector<ProfileRow> result;
  for (auto& [key, row] : rows) result.push_back(std::move(row));
  std::stable_sort(result.begin(), result.end(), [](const ProfileRow& a, const ProfileRow& b) {
    return a.total_ms > b.total_ms;
  });
  return result;
}

}  // namespace

Profiler::Profiler(bool keep_trace, int num_threads)
    : keep_trace_(keep_trace), ranges_(std::max(1, num_threads)) {}

void Profiler::OnRange(int thread, Clock::time_point begin, Clock::time_point end) {
  if (!keep_trace_ || thread >= static_cast<int>(ranges_.size())) return;
  ranges_[thread].push_back({-1, begin, end});
}

void Profiler::OnStep(const StepEvent& event) {
  Entry& entry = EntryOf(event.node);
  const kernels::OpCost cost = kernels::CostOf(event.node);
  ++entry.row.calls;
  entry.row.total_ms += OwnMs(event);
  entry.row.cost.bytes_read += cost.bytes_read;
  entry.row.cost.bytes_written += cost.bytes_written;
  entry.row.cost.macs += cost.macs;
  entry.row.cost.arithmetic = cost.arithmetic;
  if (keep_trace_) ops_.push_back({entry.index, event.begin, event.end});
}

Profiler::Entry& Profiler::EntryOf(const ir::Node& node) {
  std::vector<Entry>& entries = entries_[&node];
  for (Entry& entry : entries) {
    bool same = true;
    size_t i = 0;
    for (const auto* operands : {&node.inputs, &node.outputs}) {
      for (const ir::Operand* operand : *operands) {
        same = same && (operand == nullptr || operand->shape == entry.shapes[i]);
        ++i;
      }
    }
    if (same) return entry;
  }
  Entry& entry = entries.emplace_back();
  entry.index = num_entries_++;
  entry.row.op = node.op->DisplayName();
  entry.row.shapes = ShapesOf(node);
  entry.row.method = node.method;
  entry.row.fused = node.op->code >= ir::OpCode::kFirstFused;
  for (const auto* operands : {&node.inputs, &node.outputs}) {
    for (const ir::Operand* operand : *operands) {
      entry.shapes.push_back(operand == nullptr ? ir::Shape() : operand->shape);
    }
  }
  return entry;
}

double Profiler::OwnMs(const StepEvent& event) {
  double ms = std::chrono::duration<double, std::milli>(event.end - event.begin).count();
  if (!event.runs_graphs) {
    spans_.push_back({event.begin, ms});
    return ms;
  }
  // Ops end before the op that ran them: those that began inside are the last ones.
  double inner_ms = 0;
  while (!spans_.empty() && spans_.back().begin >= event.begin) {
    inner_ms += spans_.back().own_ms;
    spans_.pop_back();
  }
  spans_.push_back({event.begin, ms});
  return ms - inner_ms;
}

Trace::Event Profiler::EventOf(const Ended& ended, int label, int thread) const {
  const auto ms = [&](ProfileClock::time_point time) {
    return std::chrono::duration<double, std::milli>(time - start_).count();
  };
  return {label, thread, ended.entry < 0, ms(ended.begin), ms(ended.end)};
}

void Profiler::TakeEvents(std::vector<Trace::Event>* events) {
  for (const Ended& op : ops_) events->push_back(EventOf(op, op.entry, 0));
  for (size_t thread = 0; thread < ranges_.size(); ++thread) {
    // Ops end after the ops that they run: the first one to end after a range is the one that it is
    // a part of.
    size_t op = 0;
    for (const Ended& range : ranges_[thread]) {
      while (op < ops_.size() && ops_[op].end < range.end) ++op;
      if (op == ops_.size()) break;  // a part of an op that failed
      events->push_back(EventOf(range, ops_[op].entry, static_cast<int>(thread)));
    }
    ranges_[thread].clear();
  }
  ops_.clear();
}

Profile Profiler::Take() {
  Profile profile;
  std::map<std::pair<std::string, std::string>, ProfileRow> rows;
  std::map<std::string, ProfileRow> kinds;
  profile.trace.labels.resize(num_entries_);
  for (const auto& [node, entries] : entries_) {
    for (const Entry& entry : entries) {
      ProfileRow& row = rows[{entry.row.op, entry.row.shapes}];
      row.shapes = entry.row.shapes;
      row.method = entry.row.method;
      Add(entry.row, &row);
      Add(entry.row, &kinds[entry.row.op]);
      profile.ops_ms += entry.row.total_ms;
      profile.trace.labels[entry.index] = {entry.row.op, entry.row.shapes};
    }
  }
  profile.rows = LongestFirst(std::move(rows));
  profile.kinds = LongestFirst(std::move(kinds));
  TakeEvents(&profile.trace.events);
  entries_.clear();
  spans_.clear();
  num_entries_ = 0;
  return profile;
}

}  // namespace edgetasks::exec
