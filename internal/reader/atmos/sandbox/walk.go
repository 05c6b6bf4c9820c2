package sandbox

import "text/template/parse"

// builtin are the functions of Go's own that stay as they are.
var builtin = set("and", "or", "not", "call", "index", "slice", "len", "eq", "ne", "lt", "le", "gt", "ge")

// walker prepares a tree: it puts the counting texts in and notes what it calls.
type walker struct {
	functions  map[string]any
	out        *Template
	unknown    string // a function that does not exist
	now, depth int
}

func (w *walker) list(list *parse.ListNode, body bool) {
	if list == nil {
		return
	}
	w.now++
	w.depth = max(w.depth, w.now)
	top := w.now == 1
	for _, node := range list.Nodes {
		switch node := node.(type) {
		case *parse.ActionNode:
			w.plain(!top || len(node.Pipe.Decl) == 0)
			w.pipe(node.Pipe)
		case *parse.IfNode:
			w.branch(&node.BranchNode, false)
		case *parse.WithNode:
			w.branch(&node.BranchNode, false)
		case *parse.RangeNode:
			w.branch(&node.BranchNode, true)
		case *parse.TemplateNode:
			w.plain(false)
			w.pipe(node.Pipe)
		}
	}
	if body {
		list.Nodes = append([]parse.Node{&parse.TextNode{NodeType: parse.NodeText}}, list.Nodes...)
	}
	w.now--
}

func (w *walker) plain(ok bool) { w.out.plain = w.out.plain && ok }

func (w *walker) branch(b *parse.BranchNode, loop bool) {
	w.pipe(b.Pipe)
	w.list(b.List, loop)
	w.list(b.ElseList, false)
}

func (w *walker) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	for _, command := range p.Cmds {
		for _, arg := range command.Args {
			w.arg(arg)
		}
	}
}

func (w *walker) arg(node parse.Node) {
	switch node := node.(type) {
	case *parse.IdentifierNode:
		w.calls(node.Ident)
	case *parse.PipeNode:
		w.pipe(node)
	case *parse.ChainNode:
		w.arg(node.Node)
	}
}

func (w *walker) calls(name string) {
	f, ok := w.functions[name]
	switch {
	case ok:
		w.out.functions[name] = f
	case !builtin[name] && w.unknown == "":
		w.unknown = name
	}
	w.out.mutates = w.out.mutates || mutators[name]
}
