// Package browsertest lets a test walk through the pages as a person does, in a
// real Chromium.
//
// A test package keeps one Browser and closes it in TestMain; each test opens a
// Story, which has cookies and storage of its own, and acts by what a person
// sees: labels, words on buttons, words on the page.
//
//	var browser = browsertest.New()
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		browser.Close()
//		os.Exit(code)
//	}
//
//	func TestSignIn(t *testing.T) {
//		s := browser.Story(t, server.URL)
//		s.Open("/sign-in")
//		s.Fill("Adresse e-mail", "helene@maraval.example")
//		s.Click("Se connecter")
//		s.See("Membres")
//	}
//
// Every verb waits until it can be done and fails the test, with the page's text
// and a picture, when it cannot within the story's patience. A story also fails
// at its end for what went wrong unseen: a script error, a refused content
// policy, a request that failed. Allow names what a story provokes on purpose.
//
// Words are compared without regard to case, to the width of spaces (French sets
// narrow ones before its punctuation) or to the shape of apostrophes.
//
// Weakness: a verb is done when the page has been still for a moment; work that
// a page starts later, by a timer, is seen by See but not waited for by DontSee.
package browsertest
