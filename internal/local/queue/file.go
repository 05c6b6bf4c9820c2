package queue

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.etcd.io/bbolt"

	"plumbline/internal/drift"
	"plumbline/internal/scan"
)

// file keeps jobs by place: 8 bytes, big endian, that grow with each job.
type file struct{ db *bbolt.DB }

var bucketName = []byte("jobs")

// jobRecord is a job as the file holds it.
type jobRecord struct {
	Version      int // 1
	Organisation string
	Project      string
	ProjectID    uuid.UUID
	Source       uuid.UUID
	Trigger      drift.Trigger
	Actor        string
	ScanID       uuid.UUID
	Force        uuid.UUID
	Full         bool
}

const version = 1

func openFile(path string) (*file, []task, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return nil, nil, err
	}
	var tasks []task
	err = db.Update(func(tx *bbolt.Tx) error {
		jobs, err := tx.CreateBucketIfNotExists(bucketName)
		if err != nil {
			return err
		}
		return jobs.ForEach(func(place, body []byte) error {
			job, err := decode(body)
			tasks = append(tasks, task{Job: job, place: binary.BigEndian.Uint64(place)})
			return err
		})
	})
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return &file{db: db}, tasks, nil
}

func (f *file) close() error { return f.db.Close() }

// add stores a job behind all others; it is on the disk when it returns.
func (f *file) add(job scan.Job) (place uint64, err error) {
	body, err := encode(job)
	if err != nil {
		return 0, err
	}
	err = f.db.Update(func(tx *bbolt.Tx) error {
		jobs := tx.Bucket(bucketName)
		if place, err = jobs.NextSequence(); err != nil {
			return err
		}
		return jobs.Put(binary.BigEndian.AppendUint64(nil, place), body)
	})
	return place, err
}

func (f *file) remove(place uint64) error {
	return f.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketName).Delete(binary.BigEndian.AppendUint64(nil, place))
	})
}

func encode(job scan.Job) ([]byte, error) {
	return json.Marshal(jobRecord{Version: version, Organisation: job.Source.Organisation, Project: job.Source.Project,
		ProjectID: job.Source.ProjectID, Source: job.Source.ID, Trigger: job.Trigger, Actor: job.Actor,
		ScanID: job.ScanID, Force: job.Force, Full: job.Full})
}

func decode(body []byte) (scan.Job, error) {
	var r jobRecord
	if err := json.Unmarshal(body, &r); err != nil {
		return scan.Job{}, err
	}
	if r.Version != version {
		return scan.Job{}, fmt.Errorf("a job of version %d, known is %d", r.Version, version)
	}
	source := drift.SourceRef{Organisation: r.Organisation, Project: r.Project, ProjectID: r.ProjectID, ID: r.Source}
	return scan.Job{Source: source, Trigger: r.Trigger, Actor: r.Actor, ScanID: r.ScanID, Force: r.Force, Full: r.Full}, nil
}
