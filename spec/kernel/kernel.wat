;; What the library does with WebAssembly SIMD, 16 octets at a time: masking, and checking UTF-8.
;;
;; Both work in place, in one page of memory that JavaScript fills before and empties afterwards. `npm run assemble` in this folder
;; puts the bytes of this module into src/kernel.ts; src/kernel.ts and src/utf8check.ts say how it is called.

(module
  (memory (export "m") 1)

  ;; Masks the octets from 0 to $length, and those up to the next multiple of 64: at least one block is masked.
  ;; The first octet of the key is the least significant one of $key, since memory is little-endian.
  (func (export "f") (param $length i32) (param $key i32)
    (local $at i32) (local $keys v128)
    (local.set $keys (i32x4.splat (local.get $key)))
    (loop $block
      (v128.store (local.get $at) (v128.xor (v128.load (local.get $at)) (local.get $keys)))
      (v128.store offset=16 (local.get $at) (v128.xor (v128.load offset=16 (local.get $at)) (local.get $keys)))
      (v128.store offset=32 (local.get $at) (v128.xor (v128.load offset=32 (local.get $at)) (local.get $keys)))
      (v128.store offset=48 (local.get $at) (v128.xor (v128.load offset=48 (local.get $at)) (local.get $keys)))
      (br_if $block
        (i32.lt_u
          (local.tee $at (i32.add (local.get $at) (i32.const 64)))
          (local.get $length)))))

  ;; Unmasks a piece of a text, the octets from $start to $end, and checks that it continues the text as UTF-8 (RFC 3629, section 4).
  ;; A key of 0 unmasks nothing. Octets outside the piece stay as they are, but 15 after $end are read: they must be in the memory.
  ;;
  ;; $state is what the piece before returned, and 0 for the first. It says all that must be known of the text so far:
  ;;   0          it is ASCII
  ;;   1          it is UTF-8
  ;;   2          it is not, whatever may follow; there is nothing more to check
  ;;   negative   it is UTF-8 so far, and ends inside a character: the upper three octets of the state are the last three of the text,
  ;;              the very last one uppermost, with 0 in place of those that belong to an earlier character; the lowest octet is 1
  (func (export "u") (param $start i32) (param $end i32) (param $key i32) (param $state i32) (result i32)
    (local $keys v128)
    (local $at i32)
    (local $tables_until i32) ;; Before this position, blocks of 64 octets are not tried.
    (local $octets v128) ;; The next 16,
    (local $before v128) ;; and the 16 before them, of which only the last three matter.
    (local $before1 v128) ;; To each of the 16, the octet before it.
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) ;; The next 64.
    (local $inside v128) ;; All bits of those octets that lie before $end.
    (local $wrong v128) ;; Any bit: not UTF-8.
    (local $seen i32) ;; Not 0: not ASCII.

    (local.set $keys (i32x4.splat (local.get $key)))
    (local.set $at (local.get $start))
    (local.set $inside (v128.const i64x2 -1 -1))
    (local.set $seen (local.get $state))
    ;; Lane 12 gets the lowest octet of the state, which does not matter.
    (local.set $before (i32x4.replace_lane 3 (local.get $before) (local.get $state)))

    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))

        ;; 64 octets of ASCII, unless a character before them is unfinished, are right.
        (if (i32.and
              (i32.ge_u (local.get $at) (local.get $tables_until))
              (i32.le_u (i32.add (local.get $at) (i32.const 64)) (local.get $end)))
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
                (local.set $at (i32.add (local.get $at) (i32.const 64)))
                (br $next)))
            (local.set $tables_until (i32.add (local.get $at) (i32.const 64)))))

        ;; Otherwise 16, or as many as there are: what lies after the end is not changed, and counts as 0.
        (if (i32.gt_u (i32.add (local.get $at) (i32.const 16)) (local.get $end))
          (then
            (local.set $inside
              (i8x16.lt_u
                (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
                (i8x16.splat (i32.sub (local.get $end) (local.get $at)))))))
        (local.set $octets (v128.load align=1 (local.get $at)))
        (v128.store align=1 (local.get $at)
          (v128.xor (local.get $octets) (v128.and (local.get $keys) (local.get $inside))))
        (local.set $octets (v128.and (v128.xor (local.get $octets) (local.get $keys)) (local.get $inside)))

        (if (i32.or
              (i8x16.bitmask (local.get $octets))
              (i32.shr_u (i8x16.bitmask (local.get $before)) (i32.const 13)))
          (then
            (local.set $seen (i32.const 1))
            ;; The method of John Keiser and Daniel Lemire, "Validating UTF-8 in less than one instruction per byte" (2021).
            ;; First, what no two octets in a row may be. Three tables have a bit for each kind of fault: by the upper half of the first
            ;; octet, by its lower half, and by the upper half of the second octet. A bit that all three have is that fault:
            ;;   0x01  a character begins, and what follows does not continue it          c0-ff, then 00-7f or c0-ff
            ;;   0x02  ASCII, and what follows continues a character                      00-7f, then 80-bf
            ;;   0x04  three octets for what two can say                                  e0, then 80-9f
            ;;   0x08  above U+10FFFF                                                     f4-ff, then 90-bf
            ;;   0x10  surrogates                                                         ed, then a0-bf
            ;;   0x20  two octets for what one can say                                    c0-c1, then 80-bf
            ;;   0x40  four octets for what three can say; above U+10FFFF                 f0 or f5-ff, then 80-8f
            ;;   0x80  no fault by itself: two octets in a row that continue a character  80-bf, then 80-bf
            (local.set $before1
              (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 (local.get $before) (local.get $octets)))
            (local.set $wrong
              (v128.or (local.get $wrong)
                (v128.and (local.get $inside)
                  (v128.xor
                    (v128.and
                      (v128.and
                        (i8x16.swizzle
                          ;;              00   10   20   30   40   50   60   70   80   90   a0   b0   c0   d0   e0   f0
                          (v128.const i8x16
                                        0x02 0x02 0x02 0x02 0x02 0x02 0x02 0x02 0x80 0x80 0x80 0x80 0x21 0x01 0x15 0x49)
                          (i8x16.shr_u (local.get $before1) (i32.const 4)))
                        (i8x16.swizzle
                          ;;               0    1    2    3    4    5    6    7    8    9    a    b    c    d    e    f
                          (v128.const i8x16
                                        0xe7 0xa3 0x83 0x83 0x8b 0xcb 0xcb 0xcb 0xcb 0xcb 0xcb 0xcb 0xcb 0xdb 0xcb 0xcb)
                          (v128.and (local.get $before1) (i8x16.splat (i32.const 0x0f)))))
                      (i8x16.swizzle
                        ;;                00   10   20   30   40   50   60   70   80   90   a0   b0   c0   d0   e0   f0
                        (v128.const i8x16
                                        0x01 0x01 0x01 0x01 0x01 0x01 0x01 0x01 0xe6 0xae 0xba 0xba 0x01 0x01 0x01 0x01)
                        (i8x16.shr_u (local.get $octets) (i32.const 4))))
                    ;; Then 0x80 for each octet that must be the third of its character, for there is one from 0xe0 two before it, or the
                    ;; fourth, for there is one from 0xf0 three before it. Just these are where two in a row continue a character.
                    (v128.and
                      (v128.or
                        (i8x16.sub_sat_u
                          (i8x16.shuffle 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 (local.get $before) (local.get $octets))
                          (i8x16.splat (i32.const 0x60)))
                        (i8x16.sub_sat_u
                          (i8x16.shuffle 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 (local.get $before) (local.get $octets))
                          (i8x16.splat (i32.const 0x70))))
                      (i8x16.splat (i32.const 0x80)))))))))
        (local.set $before (local.get $octets))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))

    (if (v128.any_true (local.get $wrong)) (then (return (i32.const 2))))
    ;; If the last octets are ASCII, no character is unfinished.
    (if (i32.eqz (i8x16.bitmask (local.get $before))) (then (return (i32.ne (local.get $seen) (i32.const 0)))))

    ;; The last three octets of the text, those of the piece after those of the state.
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

    ;; The last one begins a character, unless there is none that begins so, which only the next octet would have told the tables;
    (if (i32.ge_u (local.get $state) (i32.const 0xc0000000))
      (then
        (return
          (select
            (i32.or (i32.and (local.get $state) (i32.const 0xff000000)) (i32.const 1))
            (i32.const 2)
            (i32.lt_u (i32.sub (local.get $state) (i32.const 0xc2000000)) (i32.const 0x33000000))))))
    ;; or the last but one begins one of three octets or four;
    (if (i32.ge_u (i32.shl (local.get $state) (i32.const 8)) (i32.const 0xe0000000))
      (then (return (i32.or (i32.and (local.get $state) (i32.const 0xffff0000)) (i32.const 1)))))
    ;; or the one before begins one of four;
    (if (i32.ge_u (i32.shl (local.get $state) (i32.const 16)) (i32.const 0xf0000000))
      (then (return (i32.or (i32.and (local.get $state) (i32.const 0xffffff00)) (i32.const 1)))))
    ;; or the text ends with a whole character.
    (i32.const 1)))
