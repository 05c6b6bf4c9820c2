package bolt

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"time"

	"plumbline/internal/table"
)

// A value is revision and expiry, 8 bytes each, a checksum of key and value, 4 bytes,
// and the body; numbers have their high byte first. The highest bit of the revision,
// which no revision has, says that there is a checksum: files of the first format have
// values without.
const (
	valueHeader = 16
	sumSize     = 4
	summed      = 1 << 63
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encodeValue gives the value that is stored under a key as [encodeKey] makes it.
func encodeValue(key []byte, item table.Item) []byte {
	value := make([]byte, 0, valueHeader+sumSize+len(item.Body))
	value = binary.BigEndian.AppendUint64(value, uint64(item.Revision)|summed)
	value = binary.BigEndian.AppendUint64(value, uint64(item.Expires.Unix()))
	value = binary.BigEndian.AppendUint32(value, sum(key, value, item.Body))
	return append(value, item.Body...)
}

func sum(key, header, body []byte) uint32 {
	crc := crc32.Checksum(key, castagnoli)
	crc = crc32.Update(crc, castagnoli, header)
	return crc32.Update(crc, castagnoli, body)
}

var errDamaged = errors.New("the stored item is damaged")

// decodeValue gives the item under a key as [encodeKey] makes it, without its key. The
// body is a part of value: copy it before the transaction ends. An item that never
// expires holds the zero time's seconds.
func decodeValue(key, value []byte) (table.Item, error) {
	if len(value) < valueHeader {
		return table.Item{}, errDamaged
	}
	revision := binary.BigEndian.Uint64(value)
	header, body := value[:valueHeader], value[valueHeader:]
	if revision&summed != 0 {
		if len(body) < sumSize || binary.BigEndian.Uint32(body) != sum(key, header, body[sumSize:]) {
			return table.Item{}, errDamaged
		}
		body = body[sumSize:]
	}
	return table.Item{
		Revision: int64(revision &^ summed),
		Expires:  time.Unix(int64(binary.BigEndian.Uint64(value[8:])), 0).UTC(),
		Body:     body,
	}, nil
}
