import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import example.chorus.feedback.v1.Anchor;
import example.chorus.feedback.v1.FeedbackServiceGrpc;
import example.chorus.feedback.v1.GetFeedbackRequest;
import example.chorus.feedback.v1.GetFeedbackResponse;
import example.chorus.feedback.v1.MergedPoint;
import example.chorus.feedback.v1.MergedScore;
import example.chorus.feedback.v1.ModelResult;
import example.chorus.feedback.v1.Point;
import example.chorus.feedback.v1.StreamFeedbackRequest;
import example.chorus.feedback.v1.StreamFeedbackResponse;
import example.chorus.feedback.v1.Submission;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Asks Chorus for feedback on a text file and prints what comes, as it comes. */
public final class Review {
  private static final String USAGE =
      "usage: review [--server HOST:PORT] [--task TEXT] [--models A,B] [--deadline SECONDS] FILE";

  public static void main(String[] arguments) throws IOException {
    Map<String, String> options =
        new HashMap<>(
            Map.of("server", "", "task", "", "models", "", "deadline", "60"));
    int last = arguments.length - 1;
    for (int i = 0; i < last; i += 2) {
      if (!arguments[i].startsWith("--")
          || options.replace(arguments[i].substring(2), arguments[i + 1]) == null) {
        last = -1;
      }
    }
    if (last < 0 || last % 2 == 1) {
      System.err.println(USAGE);
      System.exit(2);
    }
    String text = Files.readString(Path.of(arguments[last]));
    ManagedChannel channel = null;
    try {
      channel = new Connection(options.get("server")).open();
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }

    Context.CancellableContext context = Context.current().withCancellation();
    CountDownLatch done = new CountDownLatch(1);
    // Ctrl-C cancels the call, and the models' work with it.
    Thread cancel =
        new Thread(
            () -> {
              context.cancel(null);
              awaitUninterruptibly(done);
            });
    Runtime.getRuntime().addShutdownHook(cancel);
    int exitCode = 0;
    Context previous = context.attach();
    try {
      review(text, options, channel);
    } catch (StatusRuntimeException e) {
      explain(e);
      exitCode = 1;
    } finally {
      context.detach(previous);
      channel.shutdownNow();
      done.countDown();
    }
    System.exit(exitCode);
  }

  private static void review(String text, Map<String, String> options, ManagedChannel channel) {
    GetFeedbackRequest.Builder request =
        GetFeedbackRequest.newBuilder()
            .setSubmission(Submission.newBuilder().setText(text).setTask(options.get("task")));
    if (!options.get("models").isEmpty()) {
      request.addAllModels(List.of(options.get("models").split(",")));
    }
    long deadlineMillis = Math.round(1000 * Double.parseDouble(options.get("deadline")));
    FeedbackServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(deadlineMillis, TimeUnit.MILLISECONDS)
        .streamFeedback(StreamFeedbackRequest.newBuilder().setRequest(request).build())
        .forEachRemaining(event -> print(event, text));
  }

  private static void print(StreamFeedbackResponse event, String text) {
    switch (event.getEventCase()) {
      case ACCEPTED:
        System.out.println("accepted: " + String.join(", ", event.getAccepted().getModelsList()));
        break;
      case DELTA:
        String observation = event.getDelta().getPoint().getObservation();
        System.out.println("delta: " + event.getDelta().getModel() + ": " + observation);
        break;
      case RESULT:
        ModelResult result = event.getResult();
        System.out.println(
            "result: "
                + result.getModel()
                + ": "
                + (result.hasFailure()
                    ? result.getFailure().getReason()
                    : result.getFeedback().getPointsCount() + " point(s)"));
        break;
      case MERGED:
        System.out.println("merged: " + event.getMerged().getPointsCount() + " point(s) so far");
        break;
      case RESPONSE:
        printFeedback(event.getResponse(), text);
        break;
      default: // What a newer server adds is passed over.
    }
  }

  private static void printFeedback(GetFeedbackResponse response, String text) {
    System.out.printf(
        "response: %d point(s), feedback %s%n",
        response.getMerged().getPointsCount(), response.getFeedbackId());
    for (MergedPoint merged : response.getMerged().getPointsList()) {
      Point point = merged.getMembers(0).getPoint();
      String models =
          merged.getMembersList().stream()
              .map(MergedPoint.Member::getModel)
              .collect(Collectors.joining(", "));
      // An agreement that only a newer server knows prints as UNRECOGNIZED.
      System.out.printf("- %s (%s: %s)%n", point.getObservation(), merged.getAgreement(), models);
      if (point.hasAnchor()) {
        System.out.println("  " + place(point.getAnchor(), text));
      }
      if (!point.getNextStep().isEmpty()) {
        System.out.println("  next: " + point.getNextStep());
      }
    }
    for (MergedScore score : response.getMerged().getScoresList()) {
      if (score.hasLow() && score.hasHigh()) {
        String value = score.hasScore() ? String.format("%.1f", score.getScore()) : "none";
        System.out.printf(
            "score: %s: %s, %.1f to %.1f%n",
            score.getCriterionId(), value, score.getLow(), score.getHigh());
      }
    }
  }

  /** Offsets count code points; in a string, those past U+FFFF take two places. */
  private static String place(Anchor anchor, String text) {
    int from = text.offsetByCodePoints(0, anchor.getStart());
    int to = text.offsetByCodePoints(from, anchor.getEnd() - anchor.getStart());
    if (!text.substring(from, to).equals(anchor.getQuote())) {
      throw new IllegalStateException(
          "the text at " + anchor.getStart() + ".." + anchor.getEnd() + " is not the quote");
    }
    return String.format(
        "at %d..%d (UTF-16 %d..%d) as quoted: \"%s\"",
        anchor.getStart(), anchor.getEnd(), from, to, anchor.getQuote());
  }

  /** Says why the call failed. Switch on the reason, never on the message. */
  private static void explain(StatusRuntimeException failed) {
    System.err.println("failed: " + failed.getMessage());
    Connection.distrust(failed)
        .ifPresent(
            why ->
                System.err.printf(
                    "the server's certificate is not believed: %s; CHORUS_TLS_DIR/ca.crt has to hold"
                        + " the authority that signed it, and it has to name the host or"
                        + " CHORUS_TLS_SERVER_NAME%n",
                    why));
    com.google.rpc.Status status = StatusProto.fromThrowable(failed);
    // Without details it is the transport's own failure, for example a deadline that passed here.
    for (Any detail : status.getDetailsList()) {
      try {
        if (detail.is(ErrorInfo.class)) {
          ErrorInfo info = detail.unpack(ErrorInfo.class);
          System.err.printf("reason: %s (%s)%n", info.getReason(), info.getDomain());
        } else if (detail.is(BadRequest.class)) {
          for (BadRequest.FieldViolation each :
              detail.unpack(BadRequest.class).getFieldViolationsList()) {
            System.err.printf("field: %s: %s%n", each.getField(), each.getDescription());
          }
        } else if (detail.is(RetryInfo.class)) {
          Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
          System.err.printf("retry after: %s s%n", delay.getSeconds() + delay.getNanos() / 1e9);
        }
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("a detail of the status does not parse", e);
      }
    }
  }

  private static void awaitUninterruptibly(CountDownLatch done) {
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
