;; Masks with WebAssembly SIMD, 16 octets at a time.
;;
;; It works in place, in one page of memory: JavaScript copies octets in before a call and out after it. src/mask/webassembly.ts loads this
;; module. After a change here, `npm run assemble` in this folder writes its bytes to src/mask/mask-module.ts.

(module
  (memory (export "m") 1)

  ;; Masks the octets from 0 to $length, and on to the next multiple of 64. $length is at least 1.
  ;; The first octet of the key is the least significant one of $key, since memory is little-endian.
  ;; Returns 0 if the octets before $length are then ASCII. Those after it may be anything.
  (func (export "f") (param $length i32) (param $key i32) (result i32)
    (local $at i32) (local $keys v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) ;; The last 64 octets.
    (local $seen v128) ;; The octets before them, one over the other.
    (local.set $keys (i32x4.splat (local.get $key)))
    (loop $block
      (local.set $seen
        (v128.or
          (local.get $seen)
          (v128.or (v128.or (local.get $a) (local.get $b)) (v128.or (local.get $c) (local.get $d)))))
      (local.set $a (v128.xor (v128.load (local.get $at)) (local.get $keys)))
      (local.set $b (v128.xor (v128.load offset=16 (local.get $at)) (local.get $keys)))
      (local.set $c (v128.xor (v128.load offset=32 (local.get $at)) (local.get $keys)))
      (local.set $d (v128.xor (v128.load offset=48 (local.get $at)) (local.get $keys)))
      (v128.store (local.get $at) (local.get $a))
      (v128.store offset=16 (local.get $at) (local.get $b))
      (v128.store offset=32 (local.get $at) (local.get $c))
      (v128.store offset=48 (local.get $at) (local.get $d))
      (br_if $block
        (i32.lt_u
          (local.tee $at (i32.add (local.get $at) (i32.const 64)))
          (local.get $length))))
    (i32.or
      (i8x16.bitmask (local.get $seen))
      ;; One bit for each of the last 64 octets; the shift drops those after $length.
      (i64.ne
        (i64.const 0)
        (i64.shl
          (i64.or
            (i64.extend_i32_u
              (i32.or (i8x16.bitmask (local.get $a)) (i32.shl (i8x16.bitmask (local.get $b)) (i32.const 16))))
            (i64.shl
              (i64.extend_i32_u
                (i32.or (i8x16.bitmask (local.get $c)) (i32.shl (i8x16.bitmask (local.get $d)) (i32.const 16))))
              (i64.const 32)))
          (i64.extend_i32_u (i32.sub (local.get $at) (local.get $length))))))))
