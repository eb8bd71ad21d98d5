package dev.imagebuilder.testing;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** How a {@link FakeRegistry} answers; called by many threads. */
@FunctionalInterface
public interface Answer {

  /** Makes the reply to one request. */
  Reply to(Request request) throws IOException, InterruptedException;

  /** Always the same. */
  static Answer of(Reply reply) {
    return _ -> reply;
  }

  /** 404, as a registry says it. */
  static Answer nothing() {
    return of(Reply.error(404, "NAME_UNKNOWN"));
  }

  /** 401 with these values of {@code WWW-Authenticate}, a header each. */
  static Answer unauthorized(String... challenges) {
    return of(Reply.error(401, "UNAUTHORIZED").with("WWW-Authenticate", challenges));
  }

  /** 403 with the error code, such as {@code DENIED}. */
  static Answer denied(String code) {
    return of(Reply.error(403, code));
  }

  /** 429 with {@code Retry-After} as given, seconds or a date. */
  static Answer tooMany(String retryAfter) {
    return of(Reply.error(429, "TOOMANYREQUESTS").with("Retry-After", retryAfter));
  }

  /** A redirect; nothing is checked or sent to the target. */
  static Answer redirect(int status, URI target) {
    return of(Reply.of(status).with("Location", target.toString()));
  }

  /** A body of so many bytes of zero, without announcing how many. */
  static Answer zeros(String contentType, long bytes) {
    Reply.Body body =
        out -> {
          byte[] chunk = new byte[64 * 1024];
          for (long sent = 0; sent < bytes; sent += chunk.length) {
            out.write(chunk, 0, (int) Math.min(chunk.length, bytes - sent));
          }
        };
    return of(new Reply(200, Map.of(), Reply.CHUNKED, body).with("Content-Type", contentType));
  }

  /** A registry in which every repository has this image, under every tag and its digest. */
  static Answer serving(TestImage image) {
    return new ServedImage(image);
  }

  /** Whatever another registry answers. */
  static Answer from(URI registry) {
    return new ReverseProxy(registry);
  }

  /** This answer to the requests that match, the other to the rest. */
  default Answer when(Predicate<Request> matches, Answer other) {
    return request -> matches.test(request) ? to(request) : other.to(request);
  }

  /** This answer to the first n requests, the other from then on. */
  default Answer times(int n, Answer other) {
    AtomicInteger left = new AtomicInteger(n);
    return request -> left.getAndDecrement() > 0 ? to(request) : other.to(request);
  }

  /** This answer with a header replaced, such as a wrong {@code Docker-Content-Digest}. */
  default Answer with(String header, String... values) {
    return request -> to(request).with(header, values);
  }

  /** This answer whose connection ends after so many bytes of the body. */
  default Answer truncated(int bytes) {
    return request -> {
      Reply reply = to(request);
      byte[] body = reply.bytes();
      return reply.sending(out -> out.write(body, 0, Math.min(bytes, body.length)));
    };
  }

  /** This answer with the body's last byte changed. */
  default Answer corrupted() {
    return request -> {
      Reply reply = to(request);
      byte[] body = reply.bytes();
      if (body.length > 0) {
        body[body.length - 1] ^= 1;
      }
      return reply.sending(out -> out.write(body));
    };
  }

  /** This answer that stops in the middle of its body and stays open, ten minutes at most. */
  default Answer stalled() {
    return request -> {
      Reply reply = to(request);
      byte[] body = reply.bytes();
      return reply.sending(out -> {
        out.write(Arrays.copyOf(body, body.length / 2));
        out.flush();
        Thread.sleep(Duration.ofMinutes(10));
      });
    };
  }

  /** This answer after a while without a byte, headers included. */
  default Answer after(Duration delay) {
    return request -> {
      Thread.sleep(delay);
      return to(request);
    };
  }
}
