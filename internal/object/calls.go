package object

import (
	"context"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// calls are the operations of a client that this package asks for. They are held one by
// one: a program in which templates run keeps every method of every type that an
// interface leads to, and the client has a hundred.
type calls struct {
	HeadObject              call[s3.HeadObjectInput, s3.HeadObjectOutput]
	GetObject               call[s3.GetObjectInput, s3.GetObjectOutput]
	PutObject               call[s3.PutObjectInput, s3.PutObjectOutput]
	DeleteObject            call[s3.DeleteObjectInput, s3.DeleteObjectOutput]
	CreateMultipartUpload   call[s3.CreateMultipartUploadInput, s3.CreateMultipartUploadOutput]
	UploadPart              call[s3.UploadPartInput, s3.UploadPartOutput]
	CompleteMultipartUpload call[s3.CompleteMultipartUploadInput, s3.CompleteMultipartUploadOutput]
	AbortMultipartUpload    call[s3.AbortMultipartUploadInput, s3.AbortMultipartUploadOutput]
	list                    lister
	presign                 func(context.Context, *s3.GetObjectInput, ...func(*s3.PresignOptions)) (*v4.PresignedHTTPRequest, error)
}

type call[In, Out any] func(context.Context, *In, ...func(*s3.Options)) (*Out, error)

// lister is the one operation that the SDK's paginator asks for.
type lister call[s3.ListObjectsV2Input, s3.ListObjectsV2Output]

func (l lister) ListObjectsV2(ctx context.Context, in *s3.ListObjectsV2Input, options ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	return l(ctx, in, options...)
}

func callsOf(client *s3.Client) calls {
	if client == nil {
		return calls{}
	}
	return calls{
		HeadObject: client.HeadObject, GetObject: client.GetObject, PutObject: client.PutObject, DeleteObject: client.DeleteObject,
		CreateMultipartUpload: client.CreateMultipartUpload, UploadPart: client.UploadPart,
		CompleteMultipartUpload: client.CompleteMultipartUpload, AbortMultipartUpload: client.AbortMultipartUpload,
		list: client.ListObjectsV2, presign: s3.NewPresignClient(client).PresignGetObject,
	}
}
