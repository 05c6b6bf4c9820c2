package scan

import (
	"context"
	"io"

	"plumbline/internal/object"
	"plumbline/internal/place"
)

// opener gives the body that is open already first, and the same version again after
// that.
type opener struct {
	*run
	at    place.Location
	pin   object.Pin
	first io.ReadCloser
}

func (o *opener) open(ctx context.Context) (io.ReadCloser, error) {
	body := o.first
	if o.first = nil; body == nil {
		var err error
		if body, _, err = o.Objects.Open(ctx, o.at, o.pin); err != nil {
			return nil, err
		}
	}
	return &breathing{run: o.run, ctx: ctx, ReadCloser: body}, nil
}

func (o *opener) close() {
	if o.first != nil {
		o.first.Close()
	}
}

// breathEvery is how many bytes are read between two breaths.
const breathEvery = 4 << 20

// breathing keeps the lease while a long document is read, and stops at the deadline.
type breathing struct {
	*run
	ctx context.Context
	io.ReadCloser
	read int
}

func (b *breathing) Read(p []byte) (int, error) {
	if b.read >= breathEvery {
		b.read = 0
		if err := b.breathe(b.ctx); err != nil {
			return 0, err
		}
	}
	n, err := b.ReadCloser.Read(p)
	b.read += n
	return n, err
}
