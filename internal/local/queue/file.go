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
		return bucket.ForEach(func(place, body []byte) error {
			job, err := jobs.Decode(string(body))
			tasks = append(tasks, task{Job: job, place: binary.BigEndian.Uint64(place)})
			return err
		})
	})
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return &file{db: db}, tasks, nil
}

// checkJob checks one job as it is stored.
func checkJob(_ string, place, body []byte) error {
	if len(place) != 8 {
		return errors.New("a job has no place")
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
		return tx.Bucket(bucketName).Delete(binary.BigEndian.AppendUint64(nil, place))
	})
}

// update changes the file; one that breaks under the process is an error.
func (f *file) update(change func(*bbolt.Tx) error) error {
	return boltfile.Guard(func() error { return f.db.Update(change) })
}
