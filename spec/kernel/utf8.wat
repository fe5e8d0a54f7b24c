;; Unmasks and checks UTF-8 with WebAssembly SIMD, 16 octets at a time.
;;
;; It works in place, in the memory of mask.wat, and is a module of its own so that a bundle without messages does not include it.
;; src/decode/utf8-kernel.ts loads this module. After a change here, `npm run assemble` in this folder writes its bytes to
;; src/decode/utf8-module.ts.

(module
  (import "m" "m" (memory 1))

  ;; Unmasks a piece of a text, the octets from $start to $end, and checks that the text with it is valid UTF-8 (RFC 3629, section 4).
  ;; A key of 0 leaves the piece as it is. The 16 octets after $end change: $end is at most 65520.
  ;;
  ;; $state is the result for the previous piece, or 0 for the first piece. It describes the text up to here:
  ;;   0          ASCII
  ;;   1          valid UTF-8 that ends with a whole character
  ;;   2          invalid, whatever follows; a caller stops here
  ;;   negative   valid UTF-8 that ends inside a character. The upper three octets of the number are the octets of that character, the
  ;;              last one uppermost, and 0 where it has fewer than three. The lowest octet is 1.
  (func (export "u") (param $start i32) (param $end i32) (param $key i32) (param $state i32) (result i32)
    (local $keys v128)
    (local $at i32)
    (local $stop i32) ;; Where to look for ASCII again.
    (local $octets v128) ;; The next 16 octets.
    (local $before v128) ;; The 16 octets before them. Only the last three matter.
    (local $halves v128) ;; The upper halves of the next 16 octets.
    (local $faults v128) ;; What may be wrong with the pairs that begin with the next 16 octets.
    (local $faults_before v128) ;; The same for the 16 octets before them. Only the last one matters.
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) ;; The next 64 octets.
    (local $wrong v128) ;; Not zero: the text is invalid.
    (local $wrong_now v128) ;; The same for the last 16 octets.
    (local $seen v128) ;; All octets of the slow path, or'ed.
    ;; The tables of part 1, see below.
    (local $by_upper_half v128) (local $by_lower_half v128) (local $by_next_half v128)

    (local.set $keys (i32x4.splat (local.get $key)))
    (local.set $at (local.get $start))
    ;; The octets after the end are 0 once they are unmasked.
    (v128.store align=1 (local.get $end)
      (i32x4.splat
        (i32.rotr (local.get $key) (i32.shl (i32.sub (local.get $end) (local.get $start)) (i32.const 3)))))
    ;; The unfinished character becomes the last three octets. The lowest octet of the state lands before them, where it does not matter.
    (local.set $before (i32x4.replace_lane 3 (local.get $before) (local.get $state)))

    ;; The method of John Keiser and Daniel Lemire, "Validating UTF-8 in less than one instruction per byte" (2021).
    ;; Part 1 finds pairs of octets that are invalid. Three tables are looked up: by the upper half of the first octet, by its lower half,
    ;; and by the upper half of the second octet. Each bit of their entries is a kind of fault. The pair has the fault if the bit is set in
    ;; all three:
    ;;   0x01  a first octet without a continuation octet after it    c0-ff, then 00-7f or c0-ff
    ;;   0x02  a continuation octet after ASCII                         00-7f, then 80-bf
    ;;   0x04  overlong: three octets for what fits in two              e0, then 80-9f
    ;;   0x08  above U+10FFFF                                           f4-ff, then 90-bf
    ;;   0x10  a surrogate                                              ed, then a0-bf
    ;;   0x20  overlong: two octets for what fits in one                c0-c1, then 80-bf
    ;;   0x40  overlong: four octets for what fits in three             f0, then 80-8f
    ;;         above U+10FFFF                                           f5-ff, then 80-8f
    ;;   0x80  two continuation octets in a row: see part 2             80-bf, then 80-bf
    (local.set $by_upper_half
      ;;               00   10   20   30   40   50   60   70   80   90   a0   b0   c0   d0   e0   f0
      (v128.const i8x16
                     0x02 0x02 0x02 0x02 0x02 0x02 0x02 0x02 0x80 0x80 0x80 0x80 0x21 0x01 0x15 0x49))
    (local.set $by_lower_half
      ;;                0    1    2    3    4    5    6    7    8    9    a    b    c    d    e    f
      (v128.const i8x16
                     0xe7 0xa3 0x83 0x83 0x8b 0xcb 0xcb 0xcb 0xcb 0xcb 0xcb 0xcb 0xcb 0xdb 0xcb 0xcb))
    (local.set $by_next_half
      ;;               00   10   20   30   40   50   60   70   80   90   a0   b0   c0   d0   e0   f0
      (v128.const i8x16
                     0x01 0x01 0x01 0x01 0x01 0x01 0x01 0x01 0xe6 0xae 0xba 0xba 0x01 0x01 0x01 0x01))
    (local.set $faults_before
      (v128.and
        (i8x16.swizzle (local.get $by_upper_half) (v128.and (i16x8.shr_u (local.get $before) (i32.const 4)) (i8x16.splat (i32.const 0x0f))))
        (i8x16.swizzle (local.get $by_lower_half) (v128.and (local.get $before) (i8x16.splat (i32.const 0x0f))))))

    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $stop (local.get $end))

        ;; Fast path: 64 octets of ASCII, and no character before them that may be unfinished.
        (if (i32.le_u (i32.add (local.get $at) (i32.const 64)) (local.get $end))
          (then
            (local.set $a (v128.xor (v128.load align=1 (local.get $at)) (local.get $keys)))
            (local.set $b (v128.xor (v128.load offset=16 align=1 (local.get $at)) (local.get $keys)))
            (local.set $c (v128.xor (v128.load offset=32 align=1 (local.get $at)) (local.get $keys)))
            (local.set $d (v128.xor (v128.load offset=48 align=1 (local.get $at)) (local.get $keys)))
            (if (i32.eqz
                  (i32.or
                    (i8x16.bitmask
                      (v128.or
                        (v128.or (local.get $a) (local.get $b))
                        (v128.or (local.get $c) (local.get $d))))
                    (i32.shr_u (i8x16.bitmask (local.get $before)) (i32.const 13))))
              (then
                (v128.store align=1 (local.get $at) (local.get $a))
                (v128.store offset=16 align=1 (local.get $at) (local.get $b))
                (v128.store offset=32 align=1 (local.get $at) (local.get $c))
                (v128.store offset=48 align=1 (local.get $at) (local.get $d))
                (local.set $before (local.get $d))
                ;; The entry of ASCII in both tables.
                (local.set $faults_before (i8x16.splat (i32.const 0x02)))
                (local.set $at (i32.add (local.get $at) (i32.const 64)))
                (br $next)))
            (local.set $stop (i32.add (local.get $at) (i32.const 64)))))

        ;; Slow path: 16 octets at a time.
        (loop $next16
          (local.set $wrong (v128.or (local.get $wrong) (local.get $wrong_now)))
          (local.set $octets (v128.xor (v128.load align=1 (local.get $at)) (local.get $keys)))
          (v128.store align=1 (local.get $at) (local.get $octets))
          (local.set $seen (v128.or (local.get $seen) (local.get $octets)))
          (local.set $halves (v128.and (i16x8.shr_u (local.get $octets) (i32.const 4)) (i8x16.splat (i32.const 0x0f))))
          (local.set $faults
            (v128.and
              (i8x16.swizzle (local.get $by_upper_half) (local.get $halves))
              (i8x16.swizzle (local.get $by_lower_half) (v128.and (local.get $octets) (i8x16.splat (i32.const 0x0f))))))
          (local.set $wrong_now
            (v128.xor
              (v128.and
                (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 (local.get $faults_before) (local.get $faults))
                (i8x16.swizzle (local.get $by_next_half) (local.get $halves)))
              ;; Part 2 gives 0x80 for each octet that must be the third of its character, since e0-ff is two octets before it, or the
              ;; fourth, since f0-ff is three before it. There, and nowhere else, part 1 must give 0x80.
              (v128.and
                (v128.or
                  (i8x16.sub_sat_u
                    (i8x16.shuffle 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 (local.get $before) (local.get $octets))
                    (i8x16.splat (i32.const 0x60)))
                  (i8x16.sub_sat_u
                    (i8x16.shuffle 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 (local.get $before) (local.get $octets))
                    (i8x16.splat (i32.const 0x70))))
                (i8x16.splat (i32.const 0x80)))))
          (local.set $before (local.get $octets))
          (local.set $faults_before (local.get $faults))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $next16 (i32.lt_u (local.get $at) (local.get $stop))))
        (br $next)))

    ;; What is found after the end does not count.
    (local.set $wrong
      (v128.or (local.get $wrong)
        (v128.and (local.get $wrong_now)
          (i8x16.gt_s
            (v128.const i8x16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0)
            (i8x16.splat (i32.sub (local.get $at) (i32.add (local.get $end) (i32.const 1))))))))
    (if (v128.any_true (local.get $wrong)) (then (return (i32.const 2))))
    ;; After ASCII no character is unfinished.
    (if (i32.eqz (i8x16.bitmask (local.get $before)))
      (then
        (return
          (i32.or
            (i32.ne (local.get $state) (i32.const 0))
            (v128.any_true (v128.and (local.get $seen) (i8x16.splat (i32.const 0x80))))))))

    ;; Shift the last octets of the piece, three at most, into the state: its upper three octets are now the last three of the text.
    (local.set $at (local.get $start))
    (if (i32.gt_u (i32.sub (local.get $end) (local.get $start)) (i32.const 3))
      (then (local.set $at (i32.sub (local.get $end) (i32.const 3)))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $state
          (i32.or
            (i32.shr_u (local.get $state) (i32.const 8))
            (i32.shl (i32.load8_u (local.get $at)) (i32.const 24))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))

    ;; The last octet begins a character. c0, c1 and f5-ff never do, which the tables would find only with the octet after it.
    (if (i32.ge_u (local.get $state) (i32.const 0xc0000000))
      (then
        (return
          (select
            (i32.or (i32.and (local.get $state) (i32.const 0xff000000)) (i32.const 1))
            (i32.const 2)
            (i32.lt_u (i32.sub (local.get $state) (i32.const 0xc2000000)) (i32.const 0x33000000))))))
    ;; The octet before begins a character of three or four octets.
    (if (i32.ge_u (i32.shl (local.get $state) (i32.const 8)) (i32.const 0xe0000000))
      (then (return (i32.or (i32.and (local.get $state) (i32.const 0xffff0000)) (i32.const 1)))))
    ;; The octet before that begins a character of four octets.
    (if (i32.ge_u (i32.shl (local.get $state) (i32.const 16)) (i32.const 0xf0000000))
      (then (return (i32.or (i32.and (local.get $state) (i32.const 0xffffff00)) (i32.const 1)))))
    ;; No character is unfinished.
    (i32.const 1)))
