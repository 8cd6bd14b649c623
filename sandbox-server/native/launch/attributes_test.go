package launch

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func sandboxIDs() *copier { return newCopier("", "", IDs{Base: 0x70000000, Size: 0x10000}) }

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	value, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestCapabilitiesAreRewrittenToTheSandboxsIDs(t *testing.T) {
	for _, each := range []struct{ what, value, want string }{
		// Magic, two pairs of permitted and inheritable; revision 3 has the root's id besides.
		{"of the sandbox's root, they are those of an image", "0100000304000000000000000000000000000000" + "00000070", "0100000204000000000000000000000000000000"},
		{"of another user's namespace inside, they stay so", "0100000304000000000000000000000000000000" + "e8030070", "0100000304000000000000000000000000000000" + "e8030000"},
		{"of an id that is not the sandbox's, they are dropped", "0100000304000000000000000000000000000000" + "00000100", ""},
		{"of the host's root, they are dropped", "0100000204000000000000000000000000000000", ""},
		{"of a length that is none, they are dropped", "010000", ""},
	} {
		kept, err := sandboxIDs().keep("security.capability", unhex(t, each.value))
		if err != nil || hex.EncodeToString(kept) != each.want {
			t.Errorf("%s: %x, %v", each.what, kept, err)
		}
	}
}

func TestAccessListsNameTheIDsInside(t *testing.T) {
	// Version 2; owner rwx, user BASE+1000 r, group BASE+5 w, mask, others.
	list := "02000000" + "01000700ffffffff" + "02000400e8030070" + "0800020005000070" + "10000700ffffffff" + "20000000ffffffff"
	want := "02000000" + "01000700ffffffff" + "02000400e8030000" + "0800020005000000" + "10000700ffffffff" + "20000000ffffffff"
	kept, err := sandboxIDs().keep("system.posix_acl_access", unhex(t, list))
	if err != nil || hex.EncodeToString(kept) != want {
		t.Errorf("%x, %v", kept, err)
	}
	foreign := "02000000" + "02000400e8030000"
	if kept, err := sandboxIDs().keep("system.posix_acl_default", unhex(t, foreign)); err == nil {
		t.Errorf("an id of the host's was kept: %x", kept)
	}
}

func TestOnlyAttributesThatAreStateAreKept(t *testing.T) {
	for name, want := range map[string]bool{
		"trusted.overlay.opaque": true,
		"user.note":              true,
		"trusted.overlay.origin": false,
		"trusted.overlay.impure": false,
		"trusted.overlay.nlink":  false,
		"trusted.overlay.uuid":   false,
		"trusted.other":          false,
		"security.selinux":       false,
	} {
		kept, err := sandboxIDs().keep(name, []byte("y"))
		if err != nil || bytes.Equal(kept, []byte("y")) != want {
			t.Errorf("%s: %q, %v", name, kept, err)
		}
	}
	for _, name := range []string{"trusted.overlay.redirect", "trusted.overlay.metacopy"} {
		if _, err := sandboxIDs().keep(name, []byte("/elsewhere")); err == nil {
			t.Errorf("%s was not refused", name)
		}
	}
}

func TestIDsOutsideOfTheSandboxsRangeAreRefused(t *testing.T) {
	ids := IDs{Base: 0x70000000, Size: 0x10000}
	for id, want := range map[uint32]bool{0x70000000: true, 0x7000FFFF: true, 0x70010000: false, 0x6FFFFFFF: false, 0: false, 0xFFFFFFFF: false} {
		if _, ok := ids.inside(id); ok != want {
			t.Errorf("%#x: %v", id, ok)
		}
	}
}
