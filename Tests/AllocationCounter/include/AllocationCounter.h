#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

/// Memory allocated by the process, counted by standing in for malloc and its kin.
///
/// Linking this target into a program is enough: its malloc takes the place of the C library's, which it calls.

/// Gets ready to take backtraces, which allocates the first time.
void allocation_counter_prepare(void);

/// Counts from now on: on the calling thread, and on threads named "cnn-dist reader".
void allocation_counter_start(void);

/// Stops counting.
void allocation_counter_stop(void);

/// The allocations that were counted on threads that called allocation_counter_start().
unsigned long allocation_counter_main(void);

/// The allocations that were counted on reader threads.
unsigned long allocation_counter_reader(void);

/// The allocations that oneDNN made while it ran a primitive; they are not among the others.
///
/// It copies the arguments of each call into small tables of its own, which no caller can prevent.
unsigned long allocation_counter_library(void);

/// The size of the largest of those, in bytes.
unsigned long allocation_counter_library_largest(void);

/// Writes the backtraces of the first few counted allocations to standard error.
void allocation_counter_print(void);

#endif
