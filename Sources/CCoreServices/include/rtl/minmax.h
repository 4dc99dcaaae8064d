/** @file
 * The lesser and the greater of two values. Each argument may be evaluated twice.
 */
#ifndef RTL_MINMAX_H
#define RTL_MINMAX_H

#define rtl_min(a, b) ((a) < (b) ? (a) : (b))
#define rtl_max(a, b) ((a) > (b) ? (a) : (b))

#endif
