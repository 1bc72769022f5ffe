// Brings a mapped file into memory while its user is still getting ready.
#ifndef CORE_BASE_READ_AHEAD_H_
#define CORE_BASE_READ_AHEAD_H_

#include <atomic>
#include <cstdint>
#include <thread>

#include "absl/types/span.h"

namespace edgetasks {

// Maps the pages of `mapped` into this process from a thread of its own, in order: a file that the
// system already holds costs no page faults later, and one that it does not is read from the disk
// meanwhile. A hint: where the system does not know it, or there is too little memory for it
// (`mapped` is more than half of the machine's), nothing happens, and nothing fails.
//
// `mapped` must stay mapped as long as this object lives. Neither copyable nor movable.
class ReadAhead {
 public:
  explicit ReadAhead(absl::Span<const uint8_t> mapped);
  // Stops where it is, within some megabytes.
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // Waits until all of it was brought in. False: the system does not know how, or it was too much.
  bool Wait();

 private:
  void Run(uint8_t* begin, uint8_t* end);

  std::atomic<bool> stop_{false};
  std::atomic<bool> done_{false};  // all of it
  std::thread thread_;
};

}  // namespace edgetasks

#endif  // CORE_BASE_READ_AHEAD_H_
