package s3

import (
	"encoding/xml"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/johannesboyne/gofakes3"
)

const copySource = "X-Amz-Copy-Source"

// source is what x-amz-copy-source names: [/]bucket/key[?versionId=id], encoded.
type source struct {
	bucket, key, versionID string
	want                   *gofakes3.ObjectRangeRequest // nil for the whole object
}

// copy serves CopyObject and UploadPartCopy.
func (f *front) copy(w *response, r *http.Request, api *backend) {
	to := targetOf(r)
	from, err := parseSource(r.Header)
	if err == nil && api.hides(from.bucket, from.key) {
		err = errReserved
	}
	if err != nil {
		w.refuse(err)
		return
	}
	if id := r.URL.Query().Get("uploadId"); id != "" {
		f.copyPart(w, r, to, gofakes3.UploadID(id), from)
		return
	}
	v, err := f.server.copy(from, to.bucket, to.key, func(kept map[string]string) map[string]string {
		if r.Header.Get("X-Amz-Metadata-Directive") != "REPLACE" {
			return kept
		}
		return keptHeaders(firstValues(r.Header))
	})
	if err != nil {
		w.refuse(err)
		return
	}
	w.Header().Set("x-amz-version-id", v.id())
	w.xml(http.StatusOK, gofakes3.CopyObjectResult{
		ETag: gofakes3.FormatETag(v.hash()), LastModified: gofakes3.NewContentTime(v.Modified),
	})
}

func firstValues(header http.Header) map[string]string {
	first := map[string]string{}
	for name := range header {
		first[name] = header.Get(name)
	}
	return first
}

// copyPartResult is the answer to UploadPartCopy.
type copyPartResult struct {
	XMLName xml.Name `xml:"CopyPartResult"`
	ETag    string
}

func (f *front) copyPart(w *response, r *http.Request, to target, id gofakes3.UploadID, from source) {
	number, err := strconv.Atoi(r.URL.Query().Get("partNumber"))
	if err != nil || number < 1 || number > gofakes3.MaxUploadPartNumber {
		w.refuse(gofakes3.ErrInvalidPart)
		return
	}
	object, err := f.server.openSource(from)
	if err != nil {
		w.refuse(err)
		return
	}
	defer object.Contents.Close()
	etag, err := f.server.uploadPart(to, id, number, -1, object.Contents)
	if err != nil {
		w.refuse(err)
		return
	}
	w.xml(http.StatusOK, copyPartResult{ETag: etag})
}

func parseSource(header http.Header) (source, error) {
	path, query, _ := strings.Cut(header.Get(copySource), "?")
	path, err := url.PathUnescape(path)
	bucket, key, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if err != nil || !ok || key == "" {
		return source{}, gofakes3.ErrorMessage(gofakes3.ErrInvalidArgument, "the copy source is not bucket/key")
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return source{}, gofakes3.ErrorMessage(gofakes3.ErrInvalidArgument, "the copy source's query is malformed")
	}
	from := source{bucket: bucket, key: key, versionID: values.Get("versionId")}
	if text := header.Get("X-Amz-Copy-Source-Range"); text != "" {
		from.want, err = parseCopyRange(text)
	}
	return from, err
}

// parseCopyRange reads bytes=first-last, where both are required.
func parseCopyRange(text string) (*gofakes3.ObjectRangeRequest, error) {
	first, last, ok := strings.Cut(strings.TrimPrefix(text, "bytes="), "-")
	start, err1 := strconv.ParseInt(first, 10, 64)
	end, err2 := strconv.ParseInt(last, 10, 64)
	if !ok || err1 != nil || err2 != nil || start < 0 || end < start {
		return nil, gofakes3.ErrInvalidRange
	}
	return &gofakes3.ObjectRangeRequest{Start: start, End: end}, nil
}

// openSource opens what is to be copied; a delete marker is no object.
func (s *Server) openSource(from source) (*gofakes3.Object, error) {
	object, err := s.get(from.bucket, from.key, from.versionID, from.want)
	if err == nil && object.IsDeleteMarker {
		return nil, gofakes3.KeyNotFound(from.key)
	}
	return object, err
}

// copy makes the source the latest version of a key, with its headers as header
// changes them.
func (s *Server) copy(
	from source, bucket, key string, header func(map[string]string) map[string]string,
) (*version, error) {
	if len(key) > gofakes3.KeySizeLimit {
		return nil, gofakes3.ResourceError(gofakes3.ErrKeyTooLong, key)
	}
	object, err := s.openSource(from)
	if err != nil {
		return nil, err
	}
	defer object.Contents.Close()
	content, err := s.disk.spool(object.Contents, -1)
	if err != nil {
		return nil, err
	}
	kept := maps.Clone(object.Metadata)
	delete(kept, "Last-Modified")
	return s.commit(bucket, key, header(kept), Copy, content, nil)
}

// CopyObject is part of the backend; the front serves every copy itself.
func (s *backend) CopyObject(_, _, _, _ string, _ map[string]string) (gofakes3.CopyObjectResult, error) {
	return gofakes3.CopyObjectResult{}, gofakes3.ErrNotImplemented
}
