package queue

import (
	"encoding/binary"
	"errors"
	"time"

	"go.etcd.io/bbolt"

	"plumbline/internal/lambdarun/jobs"
	"plumbline/internal/scan"
	"plumbline/internal/table/bolt/boltfile"
)

// file keeps jobs by place: 8 bytes, big endian, that grow with each job. A job is
// what a message of SQS would be (package jobs).
type file struct{ db *bbolt.DB }

var bucketName = []byte("jobs")

// begunName is the bucket of the jobs under work: how often each began in a process that
// did not see its end, one byte, and the mark of its progress then, eight, by place.
var begunName = []byte("begun")

const begunBytes = 9

func openFile(path string, expected bool) (*file, []task, error) {
	db, err := boltfile.Open(path, boltfile.Config{Timeout: time.Second, Expected: expected, Leaf: checkJob})
	if err != nil {
		return nil, nil, err
	}
	var tasks []task
	err = db.Update(func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists(bucketName)
		if err != nil {
			return err
		}
		begun, err := tx.CreateBucketIfNotExists(begunName)
		if err != nil {
			return err
		}
		return bucket.ForEach(func(place, body []byte) error {
			job, err := jobs.Decode(string(body))
			t := task{Job: job, place: binary.BigEndian.Uint64(place)}
			if noted := begun.Get(place); len(noted) == begunBytes {
				t.deaths, t.mark = int(noted[0]), binary.BigEndian.Uint64(noted[1:])
			}
			tasks = append(tasks, t)
			return err
		})
	})
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return &file{db: db}, tasks, nil
}

// checkJob checks one job as it is stored.
func checkJob(bucket string, place, body []byte) error {
	if len(place) != 8 {
		return errors.New("a job has no place")
	}
	if bucket == string(begunName) {
		if len(body) != begunBytes {
			return errors.New("a job was begun nobody knows how often")
		}
		return nil
	}
	_, err := jobs.Decode(string(body))
	return err
}

func (f *file) close() error { return f.db.Close() }

// add stores a job behind all others; it is on the disk when it returns.
func (f *file) add(job scan.Job) (place uint64, err error) {
	body, err := jobs.Encode(job)
	if err != nil {
		return 0, err
	}
	err = f.update(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(bucketName)
		if place, err = bucket.NextSequence(); err != nil {
			return err
		}
		return bucket.Put(binary.BigEndian.AppendUint64(nil, place), []byte(body))
	})
	return place, err
}

func (f *file) remove(place uint64) error {
	return f.update(func(tx *bbolt.Tx) error {
		key := binary.BigEndian.AppendUint64(nil, place)
		return errors.Join(tx.Bucket(bucketName).Delete(key), tx.Bucket(begunName).Delete(key))
	})
}

// begin says that a job is under work, for the so manieth time.
func (f *file) begin(place uint64, times int, mark uint64) error {
	noted := binary.BigEndian.AppendUint64([]byte{byte(min(times, 255))}, mark)
	return f.update(func(tx *bbolt.Tx) error {
		return tx.Bucket(begunName).Put(binary.BigEndian.AppendUint64(nil, place), noted)
	})
}

// calm says that a job is no more under work, however it ended.
func (f *file) calm(place uint64) error {
	return f.update(func(tx *bbolt.Tx) error {
		return tx.Bucket(begunName).Delete(binary.BigEndian.AppendUint64(nil, place))
	})
}

// update changes the file; one that breaks under the process is an error.
func (f *file) update(change func(*bbolt.Tx) error) error {
	return boltfile.Guard(func() error { return f.db.Update(change) })
}
