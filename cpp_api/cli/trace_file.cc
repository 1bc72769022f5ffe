#include "cpp_api/cli/trace_file.h"

#include <algorithm>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "nlohmann/json.hpp"

namespace edgetasks::cli {
namespace {

using Json = nlohmann::ordered_json;

// Tracks: the phases, then the pool's threads.
constexpr int kPhaseTrack = 0, kFirstThreadTrack = 1;

// Source: "Trace Event Format" (Google, 2016): complete events; times in microseconds.
Json Slice(const std::string& name, int track, double begin_ms, double end_ms) {
  return {
      {"name", name}, {"ph", "X"},   {"ts", begin_ms * 1000}, {"dur", (end_ms - begin_ms) * 1000},
      {"pid", 1},     {"tid", track}};
}

Json TrackName(int track, const std::string& name) {
  return {
      {"name", "thread_name"}, {"ph", "M"}, {"pid", 1}, {"tid", track}, {"args", {{"name", name}}}};
}

}  // namespace

absl::Status WriteTrace(const std::string& path, const std::vector<TracePhase>& phases) {
  Json events = Json::array();
  int threads = 1;
  for (const auto& [name, trace] : phases) {
    if (trace.events.empty()) continue;
    double begin_ms = trace.events[0].begin_ms, end_ms = 0;
    for (const exec::Trace::Event& event : trace.events) {
      const exec::Trace::Label& label = trace.labels[event.label];
      Json slice = Slice(event.is_range ? absl::StrCat("part of ", label.op) : label.op,
                         kFirstThreadTrack + event.thread, event.begin_ms, event.end_ms);
      slice["args"] = {{"shapes", label.shapes}};
      events.push_back(std::move(slice));
      begin_ms = std::min(begin_ms, event.begin_ms);
      end_ms = std::max(end_ms, event.end_ms);
      threads = std::max(threads, event.thread + 1);
    }
    events.push_back(Slice(name, kPhaseTrack, begin_ms, end_ms));
  }
  events.push_back(TrackName(kPhaseTrack, "phases"));
  events.push_back(TrackName(kFirstThreadTrack, "ops (thread 0)"));
  for (int thread = 1; thread < threads; ++thread) {
    events.push_back(TrackName(kFirstThreadTrack + thread, absl::StrCat("thread ", thread)));
  }
  std::ofstream file(path);
  file << Json{{"displayTimeUnit", "ms"}, {"traceEvents", std::move(events)}}.dump() << "\n";
  file.close();
  if (file) return absl::OkStatus();
  return MakeError(absl::StatusCode::kPermissionDenied, ErrorDetail::kFileUnreadable,
                   absl::StrCat(path, ": cannot be written; check the folder and its permissions"));
}

}  // namespace edgetasks::cli
