/** What tasks on pictures share. */
package org.edgetasks.vision.core;
