package place

import "strings"

// What a key of Terraform's S3 backend ends in. The whole name says nothing of what a
// state holds.
const (
	stateFile      = "terraform.tfstate"
	stateExtension = ".tfstate"
)

// Scope is what the names of an object's entities begin with: the key below a folder,
// without "/terraform.tfstate" or the extension ".tfstate". A workspace follows behind
// an "@". Of the base "acme", with the key as [Workspaces.Split] gives it:
//
//	key                              workspace  scope
//	-------------------------------  ---------  ------------------
//	acme/shop/vpc.tfstate                       shop/vpc
//	acme/prod/vpc/terraform.tfstate             prod/vpc
//	acme/a/b/c/terraform.tfstate                a/b/c
//	acme/shop/vpc.tfstate            dev        shop/vpc@dev
//	acme/terraform.tfstate                      (none)
//	acme/terraform.tfstate           dev        @dev
//	acme/dns/example.com                        dns/example.com
//	acme/net.tfstateenv:prod                    net.tfstateenv:prod
//	acme//vpc.tfstate                           /vpc
//
// The base has no "/" at its end, and is "" for a bucket; a key that does not lie below
// it is taken whole. A set scope that is not "" comes before, joined by a "/".
func Scope(set, base, key, workspace string) string {
	scope := trimState(below(base, key))
	switch {
	case set != "" && scope != "":
		scope = set + "/" + scope
	case set != "":
		scope = set
	}
	if workspace != "" {
		scope += "@" + workspace
	}
	return scope
}

func below(base, key string) string {
	if base == "" {
		return key
	}
	if rest, ok := strings.CutPrefix(key, base+"/"); ok {
		return rest
	}
	return key
}

// trimState takes the name of a state file, or its extension, off a key, as long as
// something is left of the part that it takes it off.
func trimState(key string) string {
	if key == stateFile {
		return ""
	}
	if folder, ok := strings.CutSuffix(key, "/"+stateFile); ok && folder != "" {
		return folder
	}
	if stem, ok := strings.CutSuffix(key, stateExtension); ok && stem != "" && !strings.HasSuffix(stem, "/") {
		return stem
	}
	return key
}
