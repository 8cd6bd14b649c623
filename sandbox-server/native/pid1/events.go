package pid1

import "errors"

var errTooManyTerminals = errors.New("a sandbox has at most 16 terminals")

// Control frames of a terminal's stream; their shapes are those of protocol/messages.ts.

func sizeEvent(s size) any {
	return map[string]any{"type": "size", "columns": s.Columns, "rows": s.Rows}
}

func exitedEvent(how ended) any {
	status, signal := outcome(how)
	return map[string]any{"type": "exited", "status": status, "signal": signal}
}

func noticeEvent(code string) any {
	return map[string]any{"type": "notice", "code": code}
}

// outcome gives the two JSON values of a process's end, of which one is null.
func outcome(how ended) (status, signal any) {
	if how.signal != 0 {
		return nil, how.signal.String()
	}
	return how.status, nil
}
