// A parser of frames and messages, to test consume.go with. BUG in the environment plants a bug, WITHOUT removes one
// of the supported names.
package main

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

var supports = map[string]bool{
	"prompt": true, "frames": true, "unknown-sender": true, "messages": true, "payload-limit": true, "message-limit": true,
	"limit-0": true, "64-bit-lengths": true, "many-fragments": true, "extensions": true, "permessage-deflate": true,
	"context-takeover": true, "window-15": true, "bfinal": true,
}

func init() { delete(supports, os.Getenv("WITHOUT")) }

const (
	maxSafe = 1<<53 - 1
	window  = 32768
)

var planted = os.Getenv("BUG")

type reader struct {
	sender     string
	extensions []string
	maxPayload int64
	maxMessage int64
	out        *delivered
	head       []byte
	payload    []byte
	length     int64 // -1 while the header is not complete
	closed     bool
	opcode     byte // of the message that is open; 0: none is
	compressed bool
	message    []byte
	tail       []byte // the beginning of a character
	window     []byte
}

func newParser(vector map[string]string, out *delivered) parser {
	extensions := strings.Split(vector["extensions"], ",")
	maxPayload, maxMessage := limit(vector["maxPayloadLength"]), limit(vector["maxMessageLength"])
	return &reader{sender: vector["sender"], extensions: extensions, maxPayload: maxPayload, maxMessage: maxMessage, out: out, length: -1}
}

func limit(column string) int64 {
	value, err := strconv.ParseInt(column, 10, 64)
	if err != nil { // It is -.
		return maxSafe
	}
	return value
}

func (r *reader) insideFrame() bool { return len(r.head) > 0 }

func (r *reader) extension(name string) bool {
	for _, one := range r.extensions {
		if one == name {
			return true
		}
	}
	return false
}

func (r *reader) feed(chunk []byte) int {
	for len(chunk) > 0 && !r.closed {
		code := 0
		if r.length < 0 {
			r.head = append(r.head, chunk[0])
			chunk = chunk[1:]
			code = r.header()
		} else {
			count := len(chunk)
			if missing := r.length - int64(len(r.payload)); int64(count) > missing {
				count = int(missing)
			}
			code = r.take(chunk[:count])
			chunk = chunk[count:]
		}
		if code == 0 && r.length == int64(len(r.payload)) {
			code = r.frame()
		}
		if code != 0 {
			return code
		}
	}
	return 0
}

func (r *reader) isKnown(opcode byte) bool {
	return opcode < 3 || opcode > 7 && opcode < 11 || r.extension(fmt.Sprintf("opcode-%x", opcode))
}

func (r *reader) header() int {
	first, size := r.head[0], len(r.head)
	opcode := first & 15
	control := opcode > 7
	if size == 1 {
		starts := opcode == 1 || opcode == 2 || control && planted == "rsv1-on-control"
		for i, bit := range []byte{64, 32, 16} {
			allowed := r.extension("rsv"+strconv.Itoa(i+1)) || bit == 64 && starts && r.extension("permessage-deflate")
			if first&bit != 0 && !allowed {
				return 1002
			}
		}
		if !r.isKnown(opcode) {
			if planted == "late" {
				return 0
			}
			return 1002
		}
		if control && first < 128 || !control && (opcode == 0) != (r.opcode != 0) {
			return 1002
		}
		return 0
	}
	masked, length := r.head[1] > 127, uint64(r.head[1]&127)
	if size == 2 {
		if !r.isKnown(opcode) || control && length > 125 || opcode == 8 && length == 1 {
			return 1002
		}
		if masked && r.sender == "server" || !masked && r.sender == "client" {
			return 1002
		}
	}
	extra := map[uint64]int{126: 2, 127: 8}[length]
	if extra == 8 && size > 2 && r.head[2] > 127 {
		return 1002
	}
	if extra == 8 && size >= 8 && bytes.Equal(r.head[2:8], make([]byte, 6)) && planted != "not-minimal" {
		return 1002
	}
	if size < 2+extra {
		return 0
	}
	if extra == 8 {
		length = binary.BigEndian.Uint64(r.head[2:])
	}
	if extra == 2 {
		length = uint64(binary.BigEndian.Uint16(r.head[2:]))
		if length < 126 && planted != "not-minimal" {
			return 1002
		}
		if planted == "signed-16-bit" && int16(length) < 0 {
			length = 0
		}
	}
	if size == 2+extra && !control {
		slack, before := int64(0), int64(0)
		if planted == "limit-off-by-one" {
			slack = 1
		}
		if opcode == 0 {
			before = int64(len(r.message))
		}
		if length > maxSafe || int64(length) > r.maxPayload+slack || int64(length) > r.maxMessage+slack-before {
			return 1009
		}
	}
	if masked && size < 6+extra {
		return 0
	}
	r.length = int64(length)
	if opcode == 1 {
		r.tail = nil
	}
	return 0
}

func (r *reader) key() []byte {
	if r.head[1] > 127 {
		return r.head[len(r.head)-4:]
	}
	return nil
}

func (r *reader) take(piece []byte) int {
	start := len(r.payload)
	if planted == "mask-phase" || planted == "mask-phase-of-words" && len(piece) > 1 {
		start = 0
	}
	if key := r.key(); key != nil {
		for i := range piece {
			piece[i] ^= key[(start+i)%4]
		}
	}
	r.payload = append(r.payload, piece...)
	opcode := r.head[0] & 15
	if opcode == 8 && len(r.payload) > 1 && planted == "other-verdicts" && !isCloseCode(int(binary.BigEndian.Uint16(r.payload))) {
		return 1002
	}
	isText := opcode == 1 || opcode == 0 && r.opcode == 1
	if !isText || r.isCompressed() {
		return 0
	}
	text := append(r.tail, piece...)
	for len(text) > 0 {
		character, size := utf8.DecodeRune(text)
		if character == utf8.RuneError && size == 1 {
			break
		}
		text = text[size:]
	}
	if !begins(text) || planted == "early" && len(text) > 0 && text[0] == 0xe0 {
		return 1007
	}
	r.tail = append([]byte(nil), text...)
	return 0
}

// Whether a character can begin with these bytes: some continuation makes it one.
func begins(text []byte) bool {
	if len(text) == 0 {
		return true
	}
	for _, rest := range []string{"\x80", "\xa0", "\x90", "\x80\x80", "\xa0\x80", "\x90\x80", "\x80\x80\x80", "\x90\x80\x80"} {
		if character, size := utf8.DecodeRune(append(append([]byte(nil), text...), rest...)); character != utf8.RuneError || size > 1 {
			return size > len(text)
		}
	}
	return false
}

func (r *reader) isCompressed() bool {
	if r.head[0]&15 == 0 {
		return r.compressed
	}
	return r.head[0]&64 != 0 && r.extension("permessage-deflate")
}

func (r *reader) frame() int {
	first, code := r.head[0], 0
	opcode, fin := first&15, first > 127
	if opcode == 9 && len(r.payload) == 0 && planted == "crash" {
		panic("crash")
	}
	switch {
	case opcode == 8:
		code = r.closeFrame()
	case opcode == 9 || opcode == 10 && planted == "pong-as-ping":
		r.deliver("ping", r.payload)
	case opcode == 10:
		r.deliver("pong", r.payload)
	case opcode < 8:
		code = r.data(opcode, fin)
	}
	if code != 0 {
		return code
	}
	if opcode == 9 && planted == "ping-ends-compression" {
		r.compressed = false
	}
	rsv := first >> 4 & 7
	if planted == "frames-without-rsv" {
		rsv = 0
	}
	if supports["frames"] {
		r.out.frame(first>>7, rsv, opcode, r.key(), r.payload)
	}
	r.head, r.payload, r.length = nil, nil, -1
	return 0
}

func (r *reader) deliver(kind string, data []byte) {
	if supports["messages"] {
		r.out.message(kind, data)
	}
}

func (r *reader) data(opcode byte, fin bool) int {
	if opcode != 0 {
		r.compressed, r.opcode = r.isCompressed(), opcode
	}
	r.message = append(r.message, r.payload...)
	if r.opcode == 1 && !r.compressed && (fin || planted == "utf8-by-fragment") && len(r.tail) > 0 {
		return 1007
	}
	if !fin {
		return 0
	}
	data := r.message
	if r.compressed {
		code := 0
		if data, code = r.inflate(); code != 0 {
			return code
		}
	}
	if r.opcode == 1 {
		if !utf8.Valid(data) {
			return 1007
		}
		r.deliver("text", data)
	} else if r.opcode == 2 {
		r.deliver("binary", data)
	}
	r.opcode, r.compressed, r.message = 0, false, nil
	return 0
}

// The tail, and an empty block with BFINAL set that shows whether the data ended with a block.
func (r *reader) inflate() ([]byte, int) {
	in := bytes.NewReader(append(r.message, 0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff))
	var out []byte
	for in.Len() > 0 {
		inflater := flate.NewReaderDict(in, r.window)
		data, err := io.ReadAll(io.LimitReader(inflater, r.maxMessage-int64(len(out))+1))
		out = append(out, data...)
		if int64(len(out)) > r.maxMessage {
			return nil, 1009
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, 1007
		}
		r.window = append(r.window, data...)
		if len(r.window) > window {
			r.window = append([]byte(nil), r.window[len(r.window)-window:]...)
		}
	}
	return out, 0
}

func isCloseCode(code int) bool {
	switch {
	case planted == "close-codes":
		return code >= 1000
	case code >= 1012 && planted == "other-verdicts":
		return code >= 3000 && code <= 4999
	}
	return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006 || code >= 3000 && code <= 4999
}

func (r *reader) closeFrame() int {
	code := 1005
	var reason []byte
	if len(r.payload) > 0 {
		code = int(binary.BigEndian.Uint16(r.payload))
		reason = r.payload[2:]
		if !isCloseCode(code) {
			return 1002
		}
	}
	if !utf8.Valid(reason) {
		return 1007
	}
	r.deliver("close:"+strconv.Itoa(code), reason)
	r.closed = true
	return 0
}
