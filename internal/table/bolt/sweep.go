package bolt

import "context"

// Sweep deletes items that have expired, the longest gone first, at most limit of
// them, 0 meaning all, and tells how many. Readers see no difference; it only
// frees their room in the file for new items. Without expired items it writes
// nothing.
func (t *Table) Sweep(ctx context.Context, limit int) (int, error) {
	none := false
	err := t.view(ctx, func(s *stored) error {
		none = len(s.expired(t.now(), 1)) == 0
		return nil
	})
	if err != nil || none {
		return 0, err
	}
	swept := 0
	err = t.commit(ctx, func(s *stored) error {
		now := t.now()
		entries := s.expired(now, limit)
		for _, entry := range entries {
			s.sweep(entry, now)
		}
		swept = len(entries)
		return nil
	})
	return swept, err
}
