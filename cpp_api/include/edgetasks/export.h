// Marks what the shared library shows to programs.
#ifndef EDGETASKS_EXPORT_H_
#define EDGETASKS_EXPORT_H_

#define EDGETASKS_EXPORT __attribute__((visibility("default")))

#endif  // EDGETASKS_EXPORT_H_
