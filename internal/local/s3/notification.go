package s3

import (
	"encoding/xml"
	"io"
	"net/http"

	"github.com/johannesboyne/gofakes3"
)

// notification is the sub-resource of what a bucket tells and whom.
const notification = "notification"

// noNotification is the configuration of a bucket that has none.
const noNotification = `<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></NotificationConfiguration>`

// notification serves a bucket's configuration of notifications. It is kept and given
// back, no more: the local stack is told of every change whatever it says.
func (f *front) notification(w *response, r *http.Request) {
	bucket := targetOf(r).bucket
	if r.Method == http.MethodGet {
		text, err := f.server.notificationOf(bucket)
		if err != nil {
			w.refuse(err)
			return
		}
		w.Header().Set("Content-Type", "application/xml")
		io.WriteString(w, xml.Header+text) // a client that is gone needs no response
		return
	}
	text, err := io.ReadAll(r.Body)
	if err == nil {
		err = f.server.setNotification(bucket, text)
	}
	if err != nil {
		w.refuse(err)
		return
	}
	w.WriteHeader(http.StatusOK)
}

func (s *Server) notificationOf(bucket string) (string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b, err := s.bucket(bucket)
	if err != nil {
		return "", err
	}
	if b.notification == "" {
		return noNotification, nil
	}
	return b.notification, nil
}

// setNotification keeps the configuration, an XML document, as it is.
func (s *Server) setNotification(bucket string, text []byte) error {
	var parsed struct {
		XMLName xml.Name `xml:"NotificationConfiguration"`
		Content string   `xml:",innerxml"`
	}
	if err := xml.Unmarshal(text, &parsed); err != nil {
		return gofakes3.ErrMalformedXML
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(bucket)
	if err != nil {
		return err
	}
	kept := `<NotificationConfiguration xmlns="` + parsed.XMLName.Space + `">` + parsed.Content + `</NotificationConfiguration>`
	if err := s.disk.writeJSON(s.disk.bucketFile(bucket), bucketRecord{Created: b.created, Notification: kept}); err != nil {
		return err
	}
	b.notification = kept
	return nil
}
