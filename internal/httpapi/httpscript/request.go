package httpscript

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// request reads the lines of a request and sends it.
func (s *script) request(lines []string, first string) error {
	parts := request.FindStringSubmatch(first)
	header := http.Header{}
	var body []byte
	for s.line+1 < len(lines) && strings.TrimSpace(lines[s.line+1]) != "" {
		s.line++
		line, err := s.expand(lines[s.line])
		if err != nil {
			return err
		}
		switch {
		case strings.HasPrefix(line, "> "):
			name, value, _ := strings.Cut(line[2:], ": ")
			header.Set(name, value)
		case strings.HasPrefix(line, "<* "):
			body = blanks(line[3:])
		case strings.HasPrefix(line, "< "):
			data, err := s.file(line[2:])
			if err != nil {
				return err
			}
			text, err := s.expand(string(data))
			if err != nil {
				return err
			}
			body = []byte(text)
		default:
			body = append(body, line+"\n"...)
		}
	}
	return s.send(parts[1], parts[2], header, body)
}

func blanks(count string) []byte {
	n := 0
	_, _ = fmt.Sscan(count, &n)
	return []byte(strings.Repeat(" ", n))
}

func (s *script) send(method, target string, header http.Header, body []byte) error {
	r, err := http.NewRequestWithContext(s.t.Context(), method, target, strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	r.Header = header
	if len(body) > 0 && header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	token, err := s.stack.Token(s.token)
	if err != nil {
		return err
	}
	if token != "" {
		header.Set("Authorization", token)
	}
	response, err := s.stack.Send(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	s.last = answer{status: response.StatusCode, header: response.Header, body: text}
	return err
}
