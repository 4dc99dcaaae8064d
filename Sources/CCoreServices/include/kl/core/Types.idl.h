/** @file
 * The size of a buffer for a name of a process, an endpoint or an interface.
 */
#ifndef KL_CORE_TYPES_IDL_H
#define KL_CORE_TYPES_IDL_H

/** The most bytes that a name takes, its terminating zero included. */
#define kl_core_Types_UCoreStringSize 1024
#define UCoreStringSize kl_core_Types_UCoreStringSize

#endif
