// Package deploy holds the deployed form to its word, by tests alone: what a scan
// costs on DynamoDB, what the built functions do with real events, and whether
// template.yaml is what the code needs.
//
// Its one invariant: nothing here is part of a binary.
//
// Start at capacity_test.go and `make test-dynamodb`.
package deploy
