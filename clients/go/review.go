// Asks Chorus for feedback on a text file and prints what comes, as it comes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	feedbackv1 "chorus.example/chorus/feedback/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

func main() {
	server := flag.String("server", "", "where Chorus is; empty: CHORUS_SERVER, or 127.0.0.1:50051")
	task := flag.String("task", "", "the task the author was given")
	models := flag.String("models", "", "whom to ask, comma separated; empty: everyone")
	deadline := flag.Float64("deadline", 60, "seconds for the call")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: review [options] FILE")
		flag.PrintDefaults()
		os.Exit(2)
	}

	// Ctrl-C cancels the call, and the models' work with it.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, time.Duration(*deadline*float64(time.Second)))
	defer cancel()
	reached := readSettings(*server)
	connection, seen, err := reached.connect()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	defer connection.Close()
	if err := review(reached.authorized(ctx), connection, flag.Arg(0), *task, *models); err != nil {
		explain(err)
		if distrust := seen.distrust(); distrust != nil {
			fmt.Fprintf(os.Stderr, "the server's certificate is not believed: %s; CHORUS_TLS_DIR/ca.crt has to hold "+
				"the authority that signed it, and it has to name the host or CHORUS_TLS_SERVER_NAME\n", distrust)
		}
		os.Exit(1)
	}
}

func review(ctx context.Context, connection grpc.ClientConnInterface, file, task, models string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	request := &feedbackv1.GetFeedbackRequest{
		Submission: &feedbackv1.Submission{Text: string(text), Task: task},
	}
	if models != "" {
		request.Models = strings.Split(models, ",")
	}
	client := feedbackv1.NewFeedbackServiceClient(connection)
	stream, err := client.StreamFeedback(ctx, &feedbackv1.StreamFeedbackRequest{Request: request})
	if err != nil {
		return err
	}
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := printEvent(event, []rune(string(text))); err != nil {
			return err
		}
	}
}

func printEvent(event *feedbackv1.StreamFeedbackResponse, text []rune) error {
	// What a newer server adds is passed over.
	switch event := event.Event.(type) {
	case *feedbackv1.StreamFeedbackResponse_Accepted_:
		fmt.Println("accepted:", strings.Join(event.Accepted.Models, ", "))
	case *feedbackv1.StreamFeedbackResponse_Delta_:
		fmt.Printf("delta: %s: %s\n", event.Delta.Model, event.Delta.Point.GetObservation())
	case *feedbackv1.StreamFeedbackResponse_Result:
		if failure := event.Result.GetFailure(); failure != nil {
			fmt.Printf("result: %s: %s\n", event.Result.Model, failure.Reason)
		} else {
			fmt.Printf("result: %s: %d point(s)\n", event.Result.Model, len(event.Result.GetFeedback().GetPoints()))
		}
	case *feedbackv1.StreamFeedbackResponse_Merged:
		fmt.Printf("merged: %d point(s) so far\n", len(event.Merged.Points))
	case *feedbackv1.StreamFeedbackResponse_Response:
		return printFeedback(event.Response, text)
	}
	return nil
}

func printFeedback(response *feedbackv1.GetFeedbackResponse, text []rune) error {
	points := response.GetMerged().GetPoints()
	fmt.Printf("response: %d point(s), feedback %s\n", len(points), response.FeedbackId)
	for _, merged := range points {
		var models []string
		for _, member := range merged.Members {
			models = append(models, member.Model)
		}
		point := merged.Members[0].GetPoint()
		// An agreement that only a newer server knows prints as its number.
		fmt.Printf("- %s (%s: %s)\n", point.GetObservation(), merged.Agreement, strings.Join(models, ", "))
		if anchor := point.GetAnchor(); anchor != nil {
			if err := printPlace(anchor, text); err != nil {
				return err
			}
		}
		if point.GetNextStep() != "" {
			fmt.Println("  next:", point.GetNextStep())
		}
	}
	for _, score := range response.GetMerged().GetScores() {
		if score.Low == nil || score.High == nil {
			continue
		}
		value := "none"
		if score.Score != nil {
			value = fmt.Sprintf("%.1f", *score.Score)
		}
		fmt.Printf("score: %s: %s, %.1f to %.1f\n", score.CriterionId, value, *score.Low, *score.High)
	}
	return nil
}

// Offsets count code points, which are Go's runes; the place in the text must hold what the anchor quotes.
func printPlace(anchor *feedbackv1.Anchor, text []rune) error {
	if string(text[anchor.Start:anchor.End]) != anchor.Quote {
		return fmt.Errorf("the text at %d..%d is not what the anchor quotes", anchor.Start, anchor.End)
	}
	from := len(string(text[:anchor.Start]))
	fmt.Printf("  at %d..%d (bytes %d..%d) as quoted: \"%s\"\n",
		anchor.Start, anchor.End, from, from+len(anchor.Quote), anchor.Quote)
	return nil
}

// Says why the call failed. Switch on the reason, never on the message.
func explain(err error) {
	failed, isStatus := status.FromError(err)
	if !isStatus {
		fmt.Fprintln(os.Stderr, "failed:", err)
		return
	}
	fmt.Fprintf(os.Stderr, "failed: %s: %s\n", failed.Code(), failed.Message())
	// Without details it is the transport's own failure, for example a deadline that passed on this side.
	for _, detail := range failed.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			fmt.Fprintf(os.Stderr, "reason: %s (%s)\n", detail.Reason, detail.Domain)
		case *errdetails.BadRequest:
			for _, violation := range detail.FieldViolations {
				fmt.Fprintf(os.Stderr, "field: %s: %s\n", violation.Field, violation.Description)
			}
		case *errdetails.RetryInfo:
			delay := detail.RetryDelay.AsDuration()
			fmt.Fprintf(os.Stderr, "retry after: %g s\n", delay.Seconds())
		}
	}
}
