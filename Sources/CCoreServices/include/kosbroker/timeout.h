/** @file
 * Timeouts. Included by every header whose functions take one.
 */
#ifndef KOSBROKER_TIMEOUT_H
#define KOSBROKER_TIMEOUT_H

/**
 * The timeout, in milliseconds, of a function that waits as long as it takes. The value is our
 * choice. 0 waits for nothing: only what is there already counts.
 */
#define INFINITE_TIMEOUT 0xFFFFFFFFu

#endif
