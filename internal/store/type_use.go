package store

import (
	"context"

	"github.com/google/uuid"
)

// TypeInUse reports whether an entity of the type is recorded in any environment of
// the project.
func (s *Store) TypeInUse(ctx context.Context, project uuid.UUID, entityType string) (bool, error) {
	for item, err := range s.items(ctx, rangeOf(projectPK(project), environmentPrefix, "", 0)) {
		if err != nil {
			return false, err
		}
		env, err := s.environment(ctx, item)
		if err != nil {
			return false, err
		}
		list, _, err := s.EntitiesByType(ctx, env.ID, entityType, "", "", 1)
		if err != nil || len(list) > 0 {
			return len(list) > 0, err
		}
	}
	return false, nil
}
